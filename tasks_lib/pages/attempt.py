"""One attempt: what the agent claims beside what was found."""

from collections.abc import Iterator, Mapping

from tasks_lib.backlog import format_tokens
from tasks_lib.pages import keys
from tasks_lib.pages.gate import verdicts_of
from tasks_lib.pages.links import Links
from tasks_lib.pages.markdown import bullets, code, code_span, escaped, page, section, table
from tasks_lib.ports import Attempt, Brief, Harvest

_FILES = 40
"""Files of a change that are listed."""

UNMETERED = "nothing: nobody could meter it"
"""What is measured of an agent that asks a service of its own; its own word is what counts then."""


def attempt_page(brief: Brief, attempt: Attempt, links: Links, label: str = "") -> str:
    """Return the page of an attempt; texts of agents and gates stand in code blocks, as data.

    ``label`` marks figures that were not measured on a real model.
    """
    verdict = "taken" if attempt.accepted else "not taken"
    return page(
        f"{brief.item.id}, attempt {attempt.number} of {brief.attempts}: {verdict}",
        " · ".join(_neighbours(brief, attempt, links)),
        code(brief.item.description),
        table(("", "claimed", "measured"), _claimed_and_measured(attempt, label)),
        section("Why it was not taken", code(attempt.refusal) if attempt.refusal else ""),
        section("Gates", verdicts_of(attempt.verdicts) if attempt.verdicts else ""),
        section("What changed", changes(attempt.harvest, links)),
        f"Transcript: {code_span(str(attempt.work.transcript))}" if attempt.work.transcript else "",
    )


def changes(harvest: Harvest | None, links: Links) -> str:
    """Return what a commit changes: its branch, its subject, what to look at first, its files."""
    if harvest is None:
        return ""
    head = f"{code_span(harvest.commit[:10])} on {links.branch(harvest.branch)}: {escaped(harvest.summary)}"
    files: list[str] = [code_span(file) for file in harvest.files[:_FILES]]
    if len(harvest.files) > _FILES:
        files.append(f"and {len(harvest.files) - _FILES} more files")
    flags = [f"⚠️ {escaped(flag)}" for flag in harvest.flags]
    return "\n\n".join(filter(None, (head, bullets(flags), bullets(files))))


def _neighbours(brief: Brief, attempt: Attempt, links: Links) -> Iterator[str]:
    yield links.page("All items", keys.STATUS)
    for number in range(1, attempt.number):
        yield links.page(f"attempt {number}", keys.attempt(brief.item.id, number))


def _claimed_and_measured(attempt: Attempt, label: str) -> list[Mapping[str, str]]:
    said, usage = attempt.work.claim, attempt.work.usage
    mark = f" ({label})" if label else ""
    is_metered = usage.requests > 0 or not usage.claimed
    return [
        {
            "": "status",
            "claimed": said.status.value if said else "nothing",
            "measured": "taken" if attempt.accepted else "not taken",
        },
        {
            "": "commit",
            "claimed": said.commit[:10] if said else "",
            "measured": attempt.harvest.commit[:10] if attempt.harvest else "none",
        },
        {
            "": "used",
            "claimed": said.used if said else "",
            "measured": format_tokens(usage.measured) + mark if is_metered else UNMETERED,
        },
        {"": "cost", "claimed": "", "measured": f"${usage.cost:.2f}{mark}" if is_metered else UNMETERED},
        {"": "requests", "claimed": "", "measured": str(usage.requests) if is_metered else UNMETERED},
    ]
