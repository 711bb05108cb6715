"""What may start now, and which phase is open."""

from collections.abc import Collection

from tasks_lib.backlog.model import Backlog, Item, ItemId, ItemStatus
from tasks_lib.planning.causes import Cause, Stuck
from tasks_lib.planning.deadlock import stuck_items
from tasks_lib.planning.mends import Mend, mends
from tasks_lib.planning.questions import phase_held

__all__ = ["Cause", "Mend", "Stuck", "late_items", "mends", "next_items", "open_phase", "stuck_items"]

_STARTABLE = frozenset({ItemStatus.NOT_STARTED, ItemStatus.IN_PROGRESS})


def open_phase(backlog: Backlog, gates_passed: Collection[int], *, at_least: int = 1) -> int | None:
    """Return the number of the first phase that is not over, from ``at_least`` on; None when all are.

    A phase is over when all its items are done and its gate has passed (its number is in ``gates_passed``).
    When the phase that is returned has no unfinished item, its gate is what comes next.
    """
    for phase in backlog.phases[at_least - 1 :]:
        if phase.number not in gates_passed or not all(backlog[item].done for item in phase.items):
            return phase.number
    return None


def late_items(backlog: Backlog, phase: int) -> tuple[Item, ...]:
    """Return the unfinished items of phases before this one: they joined, or were reopened, too late."""
    return tuple(item for item in backlog if item.phase < phase and not item.done)


def next_items(  # noqa: PLR0913 the state of a run; all of it is needed and all of it has a name
    backlog: Backlog,
    *,
    running: Collection[ItemId],
    open_phase: int,
    tried: Collection[ItemId],
    limit: int,
    again: Collection[ItemId] = (),
    branches: Collection[str] = (),
) -> tuple[Item, ...]:
    """Return the items that may start now, in file order.

    ``running`` are at work at this moment; ``tried`` have come to an ending in this run and are never
    returned; ``limit`` is the number of items at work at the same time, the running ones included.

    An item that stands as in progress although nothing runs it was left by a dead run and may start.
    Failed and blocked items may start only when ``again`` names them: a person asked for it.
    A phase that was asked for, and is not approved, keeps all its items.
    Two items of one branch are never at work together, whatever their repos: ``branches`` are those that the
    running ones were begun on, whatever people have made of their rows since. While a row that was removed
    is still at work only items with a branch of their own start.
    """
    free = limit - len(running)
    taken = {*branches, *(backlog[item].branch for item in running if item in backlog)}
    removed = any(item not in backlog for item in running)
    chosen: list[Item] = []
    if phase_held(backlog, open_phase, again):
        return ()
    for item in backlog.phase(open_phase):
        if len(chosen) >= free:
            break
        if item.id in running or item.id in tried or (item.branch and (removed or item.branch in taken)):
            continue
        if _startable(item, again) and _dependencies_done(backlog, item):
            chosen.append(item)
            taken.add(item.branch)
    return tuple(chosen)


def _startable(item: Item, again: Collection[ItemId]) -> bool:
    return item.status in _STARTABLE or (item.id in again and not item.done)


def _dependencies_done(backlog: Backlog, item: Item) -> bool:
    return all(other in backlog and backlog[other].done for other in item.depends_on)
