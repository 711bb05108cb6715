"""Which items can never start as the file stands, and why.

An item is *stuck* when no amount of waiting helps: it has failed, it waits for one that has, it is part of a
cycle, or its phase cannot open. The items where that begins are the *roots*.
"""

from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Iterator

from tasks_lib.backlog.model import Backlog, Item, ItemId, ItemStatus
from tasks_lib.planning.causes import Cause, Stuck
from tasks_lib.planning.questions import question_of


def stuck_items(
    backlog: Backlog, open_phase: int, *, tried: Collection[ItemId] = (), gate_failed: bool = False
) -> tuple[Stuck, ...]:
    """Return every unfinished item that waiting does not help, in file order.

    ``tried`` are the items that the run has brought to an ending and will not start again. With
    ``gate_failed`` the open phase's own gate is red, so that later phases cannot open.
    """
    found: dict[ItemId, Stuck] = {}
    barrier = (Cause.GATE, open_phase) if gate_failed else None
    for phase in backlog.phases[open_phase - 1 :]:
        here = _stuck_in_phase(backlog, phase.number, tried, barrier if phase.number > open_phase else None)
        found |= here
        if here and barrier is None:
            barrier = (Cause.PHASE, phase.number)
    return tuple(found[item.id] for item in backlog if item.id in found)


def _stuck_in_phase(
    backlog: Backlog, number: int, tried: Collection[ItemId], barrier: tuple[Cause, int] | None
) -> dict[ItemId, Stuck]:
    open_items = [item for item in backlog.phase(number) if not item.done]
    own = (_own_trouble(backlog, item, tried) for item in open_items)
    found = {trouble.item: trouble for trouble in own if trouble is not None}
    if barrier is not None:
        cause, phase = barrier
        return {item.id: Stuck(item.id, cause, phase=phase) for item in open_items} | found
    dependents = dependents_of(open_items)
    _spread(found, tuple(found.values()), dependents)
    for root in _cycles(open_items, found):
        found[root.item] = root
        _spread(found, (root,), dependents)
    return found


def _own_trouble(backlog: Backlog, item: Item, tried: Collection[ItemId]) -> Stuck | None:
    """Return what is wrong with the item itself, whatever it waits for."""
    if item.status is ItemStatus.FAILED:
        return Stuck(item.id, Cause.FAILED, detail=item.notes)
    if item.status is ItemStatus.BLOCKED:
        question = question_of(item)
        if question:
            return Stuck(item.id, Cause.WAITING, detail=f"{question.matter}: {question.words}")
        return Stuck(item.id, Cause.BLOCKED, detail=item.notes)
    for other in item.depends_on:
        if other not in backlog:
            return Stuck(item.id, Cause.UNKNOWN, detail=other)
        if backlog[other].phase > item.phase and not backlog[other].done:
            return Stuck(item.id, Cause.LATER_PHASE, detail=other)
    return Stuck(item.id, Cause.TRIED, detail=item.notes) if item.id in tried else None


def dependents_of(items: Iterable[Item]) -> dict[ItemId, list[ItemId]]:
    """Map each item to those of the given ones that wait for it."""
    dependents: dict[ItemId, list[ItemId]] = defaultdict(list)
    for item in items:
        for other in item.depends_on:
            dependents[other].append(item.id)
    return dependents


def _spread(
    found: dict[ItemId, Stuck], roots: Collection[Stuck], dependents: dict[ItemId, list[ItemId]]
) -> None:
    """Add everything that waits for the roots; breadth first, so that chains are shortest."""
    queue = deque(roots)
    while queue:
        cause = queue.popleft()
        for item in dependents.get(cause.item, ()):
            if item not in found:
                found[item] = cause.reaches(item)
                queue.append(found[item])


def _cycles(items: Collection[Item], found: dict[ItemId, Stuck]) -> Iterator[Stuck]:
    """Yield one root per cycle among the items not yet found; the caller adds what waits for it."""
    waiting = _never_free(items, found)
    for start in waiting:
        path: dict[ItemId, None] = {}
        at = start
        while at not in found and at not in path:
            path[at] = None
            at = next(other for other in waiting[at].depends_on if other in waiting)
        if at not in found:
            towards = next(other for other in waiting[at].depends_on if other in waiting)
            yield Stuck(at, Cause.CYCLE, detail=towards)


def _never_free(items: Collection[Item], found: Collection[ItemId]) -> dict[ItemId, Item]:
    """Return the items that would still wait after all others are done: those on cycles or behind them."""
    waiting = {item.id: item for item in items if item.id not in found}
    missing = {each: sum(other in waiting for other in item.depends_on) for each, item in waiting.items()}
    dependents = dependents_of(waiting.values())
    free = [item for item, count in missing.items() if count == 0]
    while free:
        done = free.pop()
        del waiting[done]
        for item in dependents.get(done, ()):
            missing[item] -= 1
            if missing[item] == 0:
                free.append(item)
    return waiting
