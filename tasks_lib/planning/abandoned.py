"""Rows that say in progress although no run is at them any more."""

from tasks_lib.backlog.model import Item, ItemStatus
from tasks_lib.planning.ending import Report
from tasks_lib.ports import Ending, Outcome


def abandoned(report: Report) -> tuple[Outcome, ...]:
    """Return the endings of what a dead run left in progress and this one, which ends, could not go on with.

    Something that it depends on is not done any more, say. Without them such a row would tell for ever that
    somebody is at work. Notes that stand there may be a person's and stay.
    """
    why = {stuck.item: f"; {stuck}" for stuck in report.stuck}
    return tuple(
        Outcome(
            item.id,
            Ending.GIVEN_BACK,
            notes="" if item.notes else f"the run that was at it is dead{why.get(item.id, '')}",
            row=item,
        )
        for item in report.backlog
        if _as_begun(item) and item.id not in report.attempted
    )


def _as_begun(item: Item) -> bool:
    """Tell whether the row looks as a run leaves it that is at work; what people set so is theirs."""
    begun = item.status is ItemStatus.IN_PROGRESS and bool(item.agent) and item.started_at is not None
    return begun and item.completed_at is None and item.used is None
