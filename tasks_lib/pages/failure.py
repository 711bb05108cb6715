"""Why an item is not done, and what to do about it: the page of the person who comes in the morning."""

from collections.abc import Sequence

from tasks_lib.backlog import format_tokens
from tasks_lib.backlog.model import Item
from tasks_lib.pages import keys
from tasks_lib.pages.attempt import changes
from tasks_lib.pages.gate import verdicts_of
from tasks_lib.pages.links import Links
from tasks_lib.pages.markdown import bullets, code, code_span, page, section
from tasks_lib.planning.words import count
from tasks_lib.ports import Attempt, Outcome


def failure_page(
    item: Item, outcome: Outcome, attempts: Sequence[Attempt], links: Links, last_turns: str = ""
) -> str:
    """Return the report of an item that did not end as done.

    ``attempts`` are those of this run, ``last_turns`` is the end of the last one's transcript.
    """
    last = attempts[-1] if attempts else None
    return page(
        f"{item.id}: {outcome.ending}",
        " · ".join((links.page("All items", keys.STATUS), links.item(item.id))),
        code(item.description),
        section("Why", code(outcome.notes or "no reason was given")),
        section("What to do", bullets(_ways_on(item, links))),
        section("What the gates said", verdicts_of(last.verdicts) if last and last.verdicts else ""),
        section("What changed", changes(last.harvest if last else None, links)),
        section("How it ended", code(last_turns) if last_turns else ""),
        section("Attempts", bullets(_attempts(item, outcome, attempts, links))),
    )


def _ways_on(item: Item, links: Links) -> list[str]:
    retry = links.retry(item.id)
    command = code_span(f'tasks-md retry {item.id} --note "what to do differently"')
    ways = [f"Open the form: {retry}"] if retry else []
    return [
        *ways,
        f"Or by command: {command}" if ways else f"Try it once more: {command}",
        "Or set its status to not-started in the tracking file: the next run tries it again.",
    ]


def _attempts(item: Item, outcome: Outcome, attempts: Sequence[Attempt], links: Links) -> list[str]:
    pages = [
        f"{links.page(f'attempt {each.number}', keys.attempt(item.id, each.number))}: "
        f"{format_tokens(each.work.usage.used)} tokens, ${each.work.usage.cost:.2f}"
        for each in attempts
    ]
    usage = outcome.usage
    total = f"{count(outcome.attempts, 'attempt')}: {format_tokens(usage.used)} tokens, ${usage.cost:.2f}"
    return [*pages, f"together {total}"] if pages else []
