"""What people read of a run: the session summary, and rows for a table."""

from collections.abc import Collection, Iterable, Sequence
from itertools import groupby

from tasks_lib.backlog.figures import format_time, format_tokens
from tasks_lib.backlog.model import Backlog, Item, ItemId, ItemStatus
from tasks_lib.planning.ending import Reason, Report, ending
from tasks_lib.planning.frontier import open_phase
from tasks_lib.planning.words import ranges
from tasks_lib.ports import Ending

__all__ = ["Reason", "Report", "ending", "session_summary", "status_rows"]

_NEXT = {
    Reason.FINISHED: "nothing, all is done",
    Reason.DEADLOCK: "nothing can go on until a person mends what failed or is blocked",
    Reason.GATE_FAILED: "a person mends what the red gate found, then another run",
    Reason.STOPPED: "another run goes on from here",
    Reason.BUDGET: "a person allows more, or another run goes on from here",
    Reason.WAITING: "a person decides what waits for approval",
    Reason.UNDERWAY: "what is at work now",
}


def session_summary(report: Report, title: str = "Session Summary") -> str:
    """Return the guide's summary: what was completed for how many tokens, quality, what is left and next."""
    label = f" ({report.label})" if report.label else ""
    return "\n".join(
        [
            f"{title}{label}:",
            "",
            f"Completed: {_completed(report)}",
            f"Quality: {_quality(report)}",
            f"Remaining: {_remaining(report)}",
            f"Next: {_next(report)}",
        ]
    )


def _completed(report: Report) -> str:
    mine = [outcome for outcome in report.outcomes if outcome.ending is Ending.DONE]
    earlier = sum(item.done for item in report.backlog) - len({outcome.item for outcome in mine})
    names = [f"{outcome.item} ({format_tokens(outcome.usage.used)})" for outcome in mine]
    before = [f"{earlier} in earlier runs"] if earlier > 0 else []
    return ", ".join([*names, *before]) or "nothing yet"


def _quality(report: Report) -> str:
    """Only what was measured: items taken through their gates, and the gates of phases."""
    taken = sum(outcome.ending is Ending.DONE for outcome in report.outcomes)
    parts = [f"{taken} of {len(report.outcomes)} items passed their gates"] if report.outcomes else []
    for number, found in report.verdicts.items():
        red = ", ".join(verdict.gate for verdict in found if not verdict.passed)
        green = ", ".join(verdict.gate for verdict in found) or "no gates configured"
        parts.append(f"phase {number} FAILED: {red}" if red else f"phase {number} passed ({green})")
    return "; ".join(parts) or "no gate has run yet"


def _remaining(report: Report) -> str:
    phase = open_phase(report.backlog, report.all_phases)
    if phase is None:
        return ", ".join(f"the gate of phase {number}" for number in report.pending_gates) or "nothing"
    ready = {item.id for item in report.ready}
    left = [item for item in report.backlog.phase(phase) if not item.done]
    parts = [_names(state, items) for state, items in groupby(left, lambda item: _standing(item, ready))]
    later = sorted({item.phase for item in report.backlog if not item.done and item.phase > phase})
    if later:
        parts.append(_phases(later))
    return ", ".join(parts)


def _standing(item: Item, ready: Collection[ItemId]) -> str:
    if item.id in ready:
        return "ready"
    return "" if item.status is ItemStatus.NOT_STARTED else item.status.value


def _names(state: str, items: Iterable[Item]) -> str:
    mark = f" ({state})" if state else ""
    return ", ".join(f"{name}{mark}" for name in ranges(item.id for item in items))


def _phases(numbers: Sequence[int]) -> str:
    if numbers[-1] - numbers[0] + 1 == len(numbers) > 1:
        return f"Phase {numbers[0]}-{numbers[-1]} items"
    return f"Phase {', '.join(str(number) for number in numbers)} items"


def _next(report: Report) -> str:
    if report.ready and report.reason is not Reason.GATE_FAILED:
        return report.ready[0].id
    return _NEXT[report.reason]


def status_rows(backlog: Backlog) -> list[dict[str, str]]:
    """Return one row per item, in file order, of texts ready for a table; keys are the column names."""
    return [_row(item) for item in backlog]


def _row(item: Item) -> dict[str, str]:
    return {
        "phase": str(item.phase),
        "id": str(item.id),
        "status": item.status.value,
        "description": item.description,
        "repo": item.repo,
        "branch": item.branch,
        "agent": item.agent,
        "started_at": format_time(item.started_at) if item.started_at else "",
        "completed_at": format_time(item.completed_at) if item.completed_at else "",
        "estimate": "" if item.estimate is None else format_tokens(item.estimate),
        "used": "" if item.used is None else format_tokens(item.used),
        "notes": item.notes,
    }
