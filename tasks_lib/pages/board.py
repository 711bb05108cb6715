"""The live table: every item, and first of all what needs a person."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from tasks_lib.backlog.figures import format_tokens
from tasks_lib.backlog.model import Item, ItemId, ItemStatus, Phase
from tasks_lib.pages import keys
from tasks_lib.pages.links import Links, pull_request
from tasks_lib.pages.markdown import Markup, bullets, escaped, page, section, table
from tasks_lib.pages.progress import MARKS, bar, contents, counts
from tasks_lib.planning.ending import Report
from tasks_lib.planning.entries import attempt_noted
from tasks_lib.planning.words import clipped, phase_title
from tasks_lib.ports import Outcome

COLUMNS: Final = ("item", "status", "why", "time", "used", "cost", "agent", "branch", "pull request")
"""In the order of interest: on a phone the first four are seen without moving the table."""

_WHY: Final = 90
_WAITING: Final = (ItemStatus.FAILED, ItemStatus.BLOCKED)


def board_page(report: Report, links: Links) -> str:
    """Return the page of all items. It names times, never ages, so that it changes only with the backlog."""
    label = f"Figures of a {report.label}." if report.label else ""
    return page(
        f"{sum(item.done for item in report.backlog)} of {len(report.backlog)} items done",
        ", ".join(filter(None, (counts(report.backlog.items), _cost(report.usage.cost)))),
        label,
        contents(links, keys.STATUS),
        section("Needs a person", bullets(_needs(report, links))),
        *(_phase(phase, report, links) for phase in report.backlog.phases),
    )


def _needs(report: Report, links: Links) -> Iterator[str]:
    """Yield what failed, is blocked or keeps a phase shut, each with a way on."""
    for item in report.backlog:
        if item.status in _WAITING:
            ways = " · ".join(_ways_on(item.id, links))
            note = escaped(clipped(item.notes, _WHY))
            yield f"{MARKS[item.status]} {links.item(item.id)} {item.status}: {note or 'no note'} ({ways})"
    for number, verdict in report.red_gates:
        gate = links.page(f"gate {verdict.gate}", keys.phase_gate(number))
        yield f"❌ phase {number}: the {gate} is red"


def _ways_on(item: ItemId, links: Links) -> Iterator[str]:
    yield links.page("why", keys.failure(item))
    if retry := links.retry(item):
        yield retry


def _phase(phase: Phase, report: Report, links: Links) -> str:
    items = report.backlog.phase(phase.number)
    outcomes = {outcome.item: outcome for outcome in report.outcomes}
    why = _reasons(report)
    rows = [_row(item, outcomes.get(item.id), why.get(item.id, ""), links) for item in items]
    return section(escaped(phase_title(phase.number, phase.title)), bar(items), table(COLUMNS, rows))


def _reasons(report: Report) -> dict[ItemId, str]:
    """Map each item that is not done to why it is not at work or not through."""
    why = {item.id: item.notes for item in report.backlog if not item.done and item.notes}
    for item in report.backlog:
        waited_for = [
            other for other in item.depends_on if other in report.backlog and not report.backlog[other].done
        ]
        if item.status is ItemStatus.NOT_STARTED and waited_for:
            why.setdefault(item.id, f"waits for {', '.join(waited_for)}")
    return why | {stuck.item: str(stuck) for stuck in report.stuck if stuck.chain or stuck.phase is not None}


def _row(item: Item, outcome: Outcome | None, why: str, links: Links) -> Mapping[str, str]:
    return {
        "item": links.item(item.id),
        "status": f"{MARKS[item.status]} {item.status}{_attempt(item, outcome)}",
        "why": clipped(why, _WHY),
        "time": _time(item),
        "used": _used(item),
        "cost": _cost(outcome.usage.cost) if outcome else "",
        "agent": item.agent,
        "branch": links.branch(item.branch),
        "pull request": pull_request(outcome.pull_request) if outcome else Markup(""),
    }


def _attempt(item: Item, outcome: Outcome | None) -> str:
    """Return which attempt it is or was, where it is not the first."""
    if outcome and outcome.attempts > 1:
        return f", attempt {outcome.attempts}"
    if item.status is ItemStatus.IN_PROGRESS and (refused := attempt_noted(item.notes)):
        return f", attempt {refused + 1}"
    return ""


def _used(item: Item) -> str:
    """Return ``4.2K of 5K``: used against estimate."""
    estimate = "" if item.estimate is None else format_tokens(item.estimate)
    used = "" if item.used is None else format_tokens(item.used)
    if used and estimate:
        return f"{used} of {estimate}"
    return used or (f"of {estimate}" if estimate else "")


def _cost(dollars: float) -> str:
    return f"${dollars:.2f}" if dollars else ""


def _time(item: Item) -> str:
    """Return how long it took, or since when it is at work."""
    if item.started_at is None:
        return ""
    if item.completed_at is None:
        return f"since {item.started_at:%H:%M} UTC" if item.status is ItemStatus.IN_PROGRESS else ""
    return took(item.started_at, item.completed_at)


def took(started: datetime, completed: datetime) -> str:
    """Return ``42 s``, ``12 min`` or ``3 h 05 min``."""
    seconds = max(timedelta(), completed - started).total_seconds()
    if seconds < 60:  # noqa: PLR2004 a minute
        return f"{seconds:.0f} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min"
