"""What a person sees of a run in the Prefect UI, as markdown artifacts with stable keys."""

from collections.abc import Iterable, Mapping, Sequence

from prefect.artifacts import create_markdown_artifact

from tasks_lib.backlog import format_tokens
from tasks_lib.backlog.model import Phase
from tasks_lib.planning.ending import Report, ending
from tasks_lib.planning.report import session_summary, status_rows
from tasks_lib.ports import Attempt, Brief, Toolbox, Verdict

STATUS_KEY = "backlog-status"
SUMMARY_KEY = "session-summary"

_MARKS = {"done": "✅", "in-progress": "🔄", "failed": "❌", "blocked": "⛔", "not-started": "⬜"}
_STATUS_COLUMNS = ("id", "status", "repo", "branch", "agent", "estimate", "used", "notes")


class LiveStatus:
    """The live table of all items: a new version of one artifact whenever something changed."""

    def __init__(self) -> None:
        self._shown = ""

    def show(self, report: Report) -> None:
        """Publish the table, unless it is what is shown already."""
        page = status_page(report)
        if page != self._shown:
            create_markdown_artifact(page, key=STATUS_KEY, description="All items of the backlog, live")
            self._shown = page


def status_page(report: Report) -> str:
    """Return the table of all items with a line of totals above it."""
    rows = [
        row | {"status": f"{_MARKS[row['status']]} {row['status']}"} for row in status_rows(report.backlog)
    ]
    done = sum(item.done for item in report.backlog)
    label = f" — figures of a {report.label}" if report.label else ""
    return f"**{done} of {len(report.backlog)} items done**{label}\n\n{table(_STATUS_COLUMNS, rows)}"


def show_summary(report: Report) -> None:
    """Publish the session summary and how the run ended."""
    page = f"```text\n{session_summary(report)}\n\n{ending(report)}\n```\n"
    create_markdown_artifact(page, key=SUMMARY_KEY, description="Session summary")


def show_phase_gate(phase: Phase, verdicts: Sequence[Verdict]) -> None:
    """Publish what the gates of a phase found."""
    page = f"# {phase.title}\n\n{_verdicts(verdicts)}"
    create_markdown_artifact(page, key=f"phase-{phase.number}-gate", description="Gates of the phase")


def show_attempt(brief: Brief, attempt: Attempt, tools: Toolbox) -> None:
    """Publish one attempt: what the agent claims beside what was found."""
    page = attempt_page(brief, attempt, tools)
    key = f"{brief.item.id}-attempt-{attempt.number}".lower()
    create_markdown_artifact(page, key=key, description=f"Attempt {attempt.number} at {brief.item.id}")


def attempt_page(brief: Brief, attempt: Attempt, tools: Toolbox) -> str:
    """Return the page of an attempt; texts of agents and gates stand in code blocks, as data."""
    verdict = "taken" if attempt.accepted else "not taken"
    parts = [
        f"# {brief.item.id}, attempt {attempt.number} of {brief.attempts}: {verdict}",
        code(brief.item.description),
        table(("", "claimed", "measured"), _claimed_and_measured(attempt, tools)),
    ]
    if attempt.refusal:
        parts += ["## Why it was not taken", code(attempt.refusal)]
    if attempt.verdicts:
        parts += ["## Gates", _verdicts(attempt.verdicts)]
    if attempt.harvest:
        parts += ["## What changed", code(attempt.harvest.summary or "\n".join(attempt.harvest.files))]
    if attempt.work.transcript:
        parts += [f"Transcript: `{attempt.work.transcript}`"]
    return "\n\n".join(parts)


def _claimed_and_measured(attempt: Attempt, tools: Toolbox) -> list[Mapping[str, str]]:
    said, usage = attempt.work.claim, attempt.work.usage
    label = f" ({tools.label})" if tools.label else ""
    measured = attempt.harvest.commit[:10] if attempt.harvest else "none"
    return [
        {"": "status", "claimed": said.status.value if said else "nothing", "measured": _judged(attempt)},
        {"": "commit", "claimed": said.commit[:10] if said else "", "measured": measured},
        {"": "used", "claimed": said.used if said else "", "measured": format_tokens(usage.used) + label},
        {"": "cost", "claimed": "", "measured": f"${usage.cost:.2f}{label}"},
        {"": "requests", "claimed": "", "measured": str(usage.requests)},
    ]


def _judged(attempt: Attempt) -> str:
    return "taken" if attempt.accepted else "not taken"


def _verdicts(verdicts: Sequence[Verdict]) -> str:
    parts = []
    for verdict in verdicts:
        mark = "✅" if verdict.passed else "❌"
        parts.append(f"{mark} **{verdict.gate}** in {verdict.seconds:.1f} s")
        if not verdict.passed:
            parts.append(code(verdict.output))
    return "\n\n".join(parts) or "No gates are configured."


def code(text: str) -> str:
    """Return the text as a code block that nothing in it can close."""
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}text\n{text}\n{fence}"


def table(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> str:
    """Return a markdown table; cells are data, so marks in them are escaped."""
    lines = [f"| {' | '.join(columns)} |", f"|{'---|' * len(columns)}"]
    lines += [f"| {' | '.join(_cell(row[column]) for column in columns)} |" for row in rows]
    return "\n".join(lines)


def _cell(text: str) -> str:
    for mark in "\\`*_|<[":
        text = text.replace(mark, f"\\{mark}")
    return " ".join(text.split())
