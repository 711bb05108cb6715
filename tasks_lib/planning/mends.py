"""Which single edit to the file gets most of the stuck items going."""

from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass

from tasks_lib.backlog.model import Backlog, ItemId
from tasks_lib.planning.causes import Cause, Stuck
from tasks_lib.planning.deadlock import dependents_of

_EDITS = {
    Cause.FAILED: "find out why {root} failed, then set its status to not-started",
    Cause.BLOCKED: "clear what blocks {root}, then set its status to not-started",
    Cause.WAITING: "decide on {root}: tasks-md run --approve {root}, or --reject {root}",
    Cause.TRIED: "start another run, which tries {root} again",
    Cause.UNKNOWN: "mend depends_on of {root}: {detail} does not exist",
    Cause.LATER_PHASE: "mend depends_on of {root}: {detail} is of a later phase",
    Cause.CYCLE: "take {detail} out of depends_on of {root}",
}


@dataclass(frozen=True, slots=True)
class Mend:
    """An edit to one root, and how many stuck items could run after it, the root included."""

    root: ItemId
    cause: Cause
    frees: int
    edit: str

    def __str__(self) -> str:
        items = "item" if self.frees == 1 else "items"
        return f"{self.edit} (frees {self.frees} {items})"


def mends(backlog: Backlog, stuck: Iterable[Stuck]) -> tuple[Mend, ...]:
    """Return the single edits that get something going, the one that frees most first.

    Where an item waits for two roots, no single edit frees it; where no root frees anything alone, the
    result is empty. Ties keep file order.
    """
    causes = {each.item: each for each in stuck}
    alone = _only_root(backlog, causes)
    freed: dict[ItemId, int] = defaultdict(int)
    for root in alone.values():
        if root is not None:
            freed[root] += 1
    edits = [_mend(causes[root], count) for root, count in freed.items()]
    position = {item.id: number for number, item in enumerate(backlog)}
    return tuple(sorted(edits, key=lambda mend: (-mend.frees, position[mend.root])))


def _only_root(backlog: Backlog, causes: dict[ItemId, Stuck]) -> dict[ItemId, ItemId | None]:
    """Map each stuck item to the one root that it waits for, or to None when there are several."""
    roots: dict[ItemId, ItemId | None] = {}
    before: list[ItemId | None] = []
    for phase in backlog.phases:
        here = [backlog[item] for item in phase.items if item in causes]
        news = [(item.id, root) for item in here for root in (*before, *_first_roots(causes[item.id]))]
        _spread_roots(roots, deque(news), dependents_of(here))
        seen = {*before, *(roots[item.id] for item in here)}
        before = [seen.pop()] if len(seen) == 1 else [None] * bool(seen)
    return roots


def _first_roots(stuck: Stuck) -> tuple[ItemId | None, ...]:
    if stuck.cause is Cause.GATE:
        return (None,)
    return () if stuck.chain or stuck.cause is Cause.PHASE else (stuck.item,)


def _spread_roots(
    roots: dict[ItemId, ItemId | None],
    news: deque[tuple[ItemId, ItemId | None]],
    dependents: dict[ItemId, list[ItemId]],
) -> None:
    """Hand each item's root on to what waits for it; a value changes twice at most, so this is linear."""
    while news:
        item, root = news.popleft()
        if item in roots and roots[item] in (root, None):
            continue
        roots[item] = None if item in roots else root
        news.extend((dependent, roots[item]) for dependent in dependents.get(item, ()))


def _mend(stuck: Stuck, frees: int) -> Mend:
    edit = _EDITS[stuck.cause].format(root=stuck.item, detail=stuck.detail)
    return Mend(stuck.item, stuck.cause, frees, edit)
