"""The order of items within a phase: what follows what, in which waves, along which longest path."""

import heapq
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from tasks_lib.backlog.model import Item, ItemId
from tasks_lib.planning.deadlock import dependents_of


@dataclass(frozen=True, slots=True)
class Layers:
    """Items of one phase, sorted: ``order`` as one at a time would go, ``waves`` as all at once would go.

    ``path`` is the heaviest chain of items that must follow one another, ``weight`` its sum.
    """

    order: tuple[ItemId, ...]
    waves: tuple[tuple[ItemId, ...], ...]
    path: tuple[ItemId, ...]
    weight: int


def weights_of(items: Collection[Item]) -> dict[ItemId, int]:
    """Return each estimate in tokens; the median stands in for a missing one, or 1 if all are missing."""
    known = sorted(item.estimate for item in items if item.estimate)
    usual = known[(len(known) - 1) // 2] if known else 1
    return {item.id: item.estimate or usual for item in items}


def run_order(items: Sequence[Item]) -> list[Item]:
    """Return the items as they go one at a time: dependencies first, then file order.

    Dependencies outside the given items count as met. Items on a cycle, and behind it, come last.
    """
    place = {item.id: number for number, item in enumerate(items)}
    missing = [sum(other in place for other in item.depends_on) for item in items]
    dependents = dependents_of(items)
    ready = [number for number, count in enumerate(missing) if count == 0]
    order: dict[int, None] = {}
    while ready:
        number = heapq.heappop(ready)
        order[number] = None
        for dependent in dependents.get(items[number].id, ()):
            missing[place[dependent]] -= 1
            if missing[place[dependent]] == 0:
                heapq.heappush(ready, place[dependent])
    rest = (number for number in range(len(items)) if number not in order)
    return [items[number] for number in (*order, *rest)]


def layers_of(items: Sequence[Item], weights: Mapping[ItemId, int]) -> Layers:
    """Sort the items of one phase. Items of one branch follow each other, as they do in a run."""
    order = run_order(items)
    wave: dict[ItemId, int] = {}
    weight: dict[ItemId, int] = {}
    after: dict[ItemId, ItemId | None] = {}
    last_of_branch: dict[str, ItemId] = {}
    for item in order:
        before = [other for other in item.depends_on if other in wave]
        if item.branch:
            before += [last_of_branch[item.branch]] if item.branch in last_of_branch else []
            last_of_branch[item.branch] = item.id
        heaviest = max(before, key=weight.__getitem__, default=None)
        after[item.id] = heaviest
        wave[item.id] = 1 + max((wave[other] for other in before), default=-1)
        weight[item.id] = weights[item.id] + (weight[heaviest] if heaviest else 0)
    path = _path(after, max(weight, key=weight.__getitem__, default=None))
    heaviest_weight = max(weight.values(), default=0)
    return Layers(tuple(after), _grouped(wave), path, heaviest_weight)


def _path(after: Mapping[ItemId, ItemId | None], end: ItemId | None) -> tuple[ItemId, ...]:
    path = []
    while end is not None:
        path.append(end)
        end = after[end]
    return tuple(reversed(path))


def _grouped(wave: Mapping[ItemId, int]) -> tuple[tuple[ItemId, ...], ...]:
    groups: list[list[ItemId]] = [[] for _ in range(max(wave.values(), default=-1) + 1)]
    for item, number in wave.items():
        groups[number].append(item)
    return tuple(tuple(group) for group in groups)
