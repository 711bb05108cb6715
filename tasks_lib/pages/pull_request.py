"""What a pull request says of an item; everything of the row in it is data."""

from tasks_lib.backlog import format_tokens
from tasks_lib.backlog.model import Item
from tasks_lib.pages.markdown import code, escaped
from tasks_lib.planning.words import clipped, count
from tasks_lib.ports import Outcome

_TITLE = 100


def title_of(item: Item) -> str:
    """Return ``MS-SEC-001: Escape the notes``, on one line."""
    return f"{item.id}: {clipped(item.description, _TITLE)}"


def body_of(item: Item, outcome: Outcome, tracking_file: str, label: str = "") -> str:
    """Return what was asked for, who did it and what it took; ``label`` marks figures of no real model."""
    mark = f" ({label})" if label else ""
    took = f"{count(outcome.attempts, 'attempt')} with {format_tokens(outcome.usage.used)} tokens{mark}"
    facts = [
        f"Item {item.id} of {escaped(tracking_file)}, done by {escaped(item.agent)} in {took}.",
        f"Commit {outcome.commit}: all gates passed on it.",
        f"Issue: #{item.issue}" if item.issue else "",
    ]
    return "\n\n".join([code(item.description), *filter(None, facts)])
