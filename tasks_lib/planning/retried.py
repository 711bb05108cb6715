"""How a run that tried one item once more ended: the facts, and the words for a person."""

from collections.abc import Iterator

from tasks_lib.backlog.model import Item, ItemId
from tasks_lib.planning.again import closure
from tasks_lib.planning.ending import Reason, Report, ending
from tasks_lib.ports import Ending


def retry_failed(report: Report, item: ItemId) -> bool:
    """Tell whether the item, something that was begun after it, or a phase's gate did not pass."""
    ended_badly = any(outcome.ending is not Ending.DONE for outcome in report.outcomes)
    return ended_badly or _was_ended(report) or item not in report.backlog or not report.backlog[item].done


def retry_words(report: Report, item: ItemId) -> str:
    """Say what became of the item, and of each one that waits for it, one line each."""
    lines = list(_lines(report, item))
    return "\n".join([*lines, ending(report)] if _was_ended(report) else lines)


def _was_ended(report: Report) -> bool:
    return report.reason is Reason.GATE_FAILED or bool(report.stopped)


def _lines(report: Report, item: ItemId) -> Iterator[str]:
    if item not in report.backlog:
        yield f"{item} is not in the tracking file any more"
        return
    stuck = {each.item: str(each) for each in report.stuck}
    others = closure(report.backlog, (item,)) - {item}
    for row in (report.backlog[item], *(each for each in report.backlog if each.id in others)):
        yield stuck.get(row.id) or _line(row)


def _line(row: Item) -> str:
    return f"{row.id} is {row.status}" + (f": {row.notes}" if row.notes else "")
