"""Rules about a row that a status commit changed: each says in words what is wrong, or nothing."""

from collections.abc import Iterable

from tasks_lib.backlog import format_time, format_tokens
from tasks_lib.backlog.model import Item, ItemStatus
from tasks_lib.planning.invariants.commits import Change
from tasks_lib.planning.questions import Matter, Stage, question_of

_ENDINGS = frozenset({ItemStatus.DONE, ItemStatus.FAILED, ItemStatus.BLOCKED})
_SHOWN = 3


def done_stays(change: Change) -> str:
    """Find what was done and is so no more: only people may set it back."""
    if change.before.done and not change.after.done:
        return f"{change.after.id} was done and is made {change.after.status}"
    return ""


def begun_first(change: Change) -> str:
    """Find what is written of an item before it is begun, and endings of what is not in progress."""
    before, after = change.before, change.after
    if change.begins or _is_decision(before, after):
        return ""
    if change.begun is None:
        return f"{after.id} is written although no run began it"
    ends = after.status in _ENDINGS and before.status not in {ItemStatus.IN_PROGRESS, after.status}
    # From done there is a rule of its own.
    return f"{after.id} is made {after.status}, but was {before.status}" if ends and not before.done else ""


def _is_decision(before: Item, after: Item) -> bool:
    """Tell whether the row asks for its phase, which nothing has begun, or a question in it is answered."""
    question, answer = question_of(before), question_of(after)
    if answer is None:
        return False
    if answer.stage is Stage.WAITS:
        return answer.matter is Matter.PHASE and before.status is ItemStatus.NOT_STARTED
    same = question is not None and (question.matter, question.subject) == (answer.matter, answer.subject)
    return same and question is not None and question.stage is Stage.WAITS


def dependencies_first(change: Change) -> str:
    """Find an item that begins while something it depends on is not done in the parent."""
    backlog = change.backlog
    waiting = [other for other in change.before.depends_on if not backlog[other].done]
    if not change.begins or not waiting:
        return ""
    return f"{change.after.id} begins, but depends on {_with_status(backlog[other] for other in waiting)}"


def phases_in_order(change: Change) -> str:
    """Find an item that begins before an earlier phase was over."""
    if not change.begins:
        return ""
    earlier = set(range(1, change.before.phase)) - change.over
    open_ = [item for item in change.backlog if item.phase in earlier and not item.done]
    if not open_:
        return ""
    more = f" and {len(open_) - _SHOWN} more" if len(open_) > _SHOWN else ""
    return (
        f"{change.after.id} of phase {change.before.phase} begins, but phase {open_[0].phase} "
        f"is not over: {_with_status(open_[:_SHOWN])}{more}"
    )


def one_live_run(change: Change) -> str:
    """Find a run that writes although another one took over from it; by beginning an item it is back."""
    if change.begins or change.heir is None:
        return ""
    return f"{change.after.id} is written by {change.run or '?'}, from which {change.heir or '?'} took over"


def times_in_order(change: Change) -> str:
    """Find an item that is completed before it is started."""
    row, begun = change.after, change.begun
    if begun is None or row.completed_at in {None, change.before.completed_at}:
        return ""
    # A start that a person changed meanwhile is theirs to answer for.
    if row.started_at is None or row.started_at != begun.left["started_at"]:
        return ""
    if row.completed_at is None or row.completed_at >= row.started_at:
        return ""
    times = f"{format_time(row.completed_at)}, started at {format_time(row.started_at)}"
    return f"{row.id} is completed at {times}"


def used_grows(change: Change) -> str:
    """Find a figure of tokens that is lower than an earlier one since the item began."""
    begun, used = change.begun, change.after.used
    if change.begins or begun is None or begun.used is None or "used" not in change.columns:
        return ""
    if used is not None and used >= begun.used:
        return ""
    now = "nothing" if used is None else format_tokens(used)
    return f"{change.after.id} had used {format_tokens(begun.used)} and is said to have used {now}"


def people_win(change: Change) -> str:
    """Find what a person wrote and is overwritten; only a beginning may do that, it writes all anew."""
    if change.begins or change.begun is None:
        return ""
    left = change.begun.left
    lost = [column for column in change.columns if getattr(change.before, column) != left[column]]
    return f"{change.after.id}: it overwrites what a person wrote into {', '.join(lost)}" if lost else ""


def published(change: Change) -> str:
    """Find a done item whose commit is not where it must be, as the remote is now."""
    return f"{change.after.id} is made done, but {change.unpublished}" if change.unpublished else ""


def _with_status(items: Iterable[Item]) -> str:
    return ", ".join(f"{item.id} ({item.status})" for item in items)
