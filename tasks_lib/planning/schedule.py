"""When each item was at work, and when the others would be, were they as quick as those that are done."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import heappop, heappush

from tasks_lib.backlog.model import Backlog, Item, ItemId, ItemStatus
from tasks_lib.planning.forecast import pace_of
from tasks_lib.planning.plan import Plan

EARLIER = timedelta(days=1)
"""What ended longer ago is not shown: a picture of weeks shows nothing of today."""


@dataclass(frozen=True, slots=True)
class Slot:
    """The time of one item at work; ``expected`` where it is a forecast. Times are UTC."""

    item: ItemId
    start: datetime
    end: datetime
    expected: bool


def schedule(backlog: Backlog, plan: Plan, *, parallel: int, now: datetime) -> tuple[Slot, ...]:
    """Return what was at work since a day ago and, when the pace is known, when the rest would be.

    The forecast starts each item of a phase as soon as its dependencies, its branch and one of ``parallel``
    agents are free.
    """
    past = tuple(slot for item in backlog if (slot := _past(item, now)) and slot.end >= now - EARLIER)
    pace = pace_of(backlog, plan)
    return (*past, *_expected(backlog, plan, parallel, now, pace)) if pace else past


def _past(item: Item, now: datetime) -> Slot | None:
    if item.started_at is None:
        return None
    if item.completed_at is not None:
        return Slot(item.id, item.started_at, max(item.started_at, item.completed_at), expected=False)
    at_work = item.status is ItemStatus.IN_PROGRESS
    return Slot(item.id, item.started_at, max(item.started_at, now), expected=False) if at_work else None


def _expected(backlog: Backlog, plan: Plan, parallel: int, now: datetime, pace: float) -> Iterator[Slot]:
    """Yield the slots of what is left, phase after phase; ``pace`` is seconds per unit of weight."""
    ends: dict[ItemId, datetime] = {}
    branches: dict[str, datetime] = {}
    begin = now
    for phase in plan.phases:
        agents = [begin] * parallel
        for name in phase.layers.order:
            item = backlog[name]
            held = [ends[other] for other in item.depends_on if other in ends]
            start = max([heappop(agents), *held, branches.get(item.branch, begin) if item.branch else begin])
            ends[name] = start + timedelta(seconds=round(plan.weights[name] * pace))
            heappush(agents, ends[name])
            branches[item.branch] = ends[name]
            if item.status is ItemStatus.NOT_STARTED:
                yield Slot(name, start, ends[name], expected=True)
        begin = max((ends[name] for name in phase.layers.order), default=begin)
