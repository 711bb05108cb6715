"""How far it is, in one line."""

from collections.abc import Collection, Iterator

from tasks_lib.backlog.model import Item, ItemStatus
from tasks_lib.pages.keys import PLAN, SCHEDULE, STATUS, SUMMARY
from tasks_lib.pages.links import Links

MARKS = {
    ItemStatus.DONE: "✅",
    ItemStatus.IN_PROGRESS: "🔄",
    ItemStatus.FAILED: "❌",
    ItemStatus.BLOCKED: "⛔",
    ItemStatus.NOT_STARTED: "⬜",
}
"""What each status looks like; the word stands beside it, so that the picture is never the only sign."""

_BAR = 10


def bar(items: Collection[Item]) -> str:
    """Return ``▓▓▓▓▓░░░░░ 3 of 6``; a full bar means that everything is done."""
    done = sum(item.done for item in items)
    filled = _BAR * done // len(items) if items else _BAR
    return f"{'▓' * filled}{'░' * (_BAR - filled)} {done} of {len(items)}"


def counts(items: Collection[Item]) -> str:
    """Return ``3 done, 1 in-progress, 1 failed``, without what there is none of."""
    return ", ".join(f"{number} {status}" for status, number in _counted(items)) or "no items"


def _counted(items: Collection[Item]) -> Iterator[tuple[ItemStatus, int]]:
    for status in MARKS:
        number = sum(item.status is status for item in items)
        if number:
            yield status, number


def contents(links: Links, here: str) -> str:
    """Return the links to the other pages of the run."""
    pages = {"Items": STATUS, "Plan": PLAN, "Schedule": SCHEDULE, "Summary": SUMMARY}
    return " · ".join(links.page(name, key) for name, key in pages.items() if key != here)
