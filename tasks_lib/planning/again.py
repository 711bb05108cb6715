"""Trying an item once more: how often it was tried, what is to be heard of that, and what waits for it."""

import re
from collections import deque
from collections.abc import Collection, Iterable

from tasks_lib.backlog.model import Backlog, Item, ItemId, ItemStatus
from tasks_lib.planning.deadlock import dependents_of
from tasks_lib.planning.questions import waiting
from tasks_lib.ports import Ending, Outcome

RETRIABLE = frozenset({ItemStatus.FAILED, ItemStatus.BLOCKED})
"""What a person may ask to be tried once more."""

_ENDED = frozenset({Ending.FAILED, Ending.BLOCKED, Ending.WAITING})
_MADE = r"after (?P<{}>[0-9]{{1,3}}) attempts?"
_NOTE = re.compile(
    rf"(?:(?P<asked>retry)(?: {_MADE.format('before')})?|{_MADE.format('made')})(?:: (?P<words>.*))?",
    re.DOTALL,
)


def retriable(backlog: Backlog) -> tuple[Item, ...]:
    """Return the failed and blocked items, in file order; what waits for a person's decision is neither."""
    asking = waiting(backlog)
    return tuple(item for item in backlog if item.status in RETRIABLE and item.id not in asking)


def closure(backlog: Backlog, items: Iterable[ItemId]) -> frozenset[ItemId]:
    """Return the items and all that waits for them, directly or not."""
    dependents = dependents_of(backlog)
    found: set[ItemId] = set()
    queue = deque(items)
    while queue:
        item = queue.popleft()
        if item not in found:
            found.add(item)
            queue.extend(dependents.get(item, ()))
    return frozenset(found)


def set_back(outcomes: Iterable[Outcome], before: Backlog, after: Backlog) -> frozenset[ItemId]:
    """Return the items that people want done anew: failed or blocked before, and not-started by now.

    ``outcomes`` are of this run: what it recorded may be newer than ``before``.
    """
    endings = {outcome.item: outcome.ending for outcome in outcomes}
    ended = {item.id for item in before if item.status in RETRIABLE} - endings.keys()
    ended |= {item for item, ending in endings.items() if ending in _ENDED}
    return frozenset(item for item in ended if item in after and after[item].status is ItemStatus.NOT_STARTED)


def first_phase(backlog: Backlog, items: Collection[ItemId]) -> int:
    """Return the number of the phase to begin with: that of the first item, or of what must end before it."""
    wanted = min((item.phase for item in backlog if item.id in items), default=1)
    return min((item.phase for item in backlog if not item.done and item.phase < wanted), default=wanted)


def ended_note(attempts: int, words: str) -> str:
    """Return the note of an item that ended without being done: ``after 2 attempts: lint is red``."""
    return _joined(_after(attempts), words) if attempts else words


def asked_note(item: Item, note: str) -> str:
    """Return the note of a row that is set back: how often it was tried, the person's words, and what failed.

    Without words of a person those of what failed stand alone.
    """
    made, before = attempts_made(item), earlier_words(item)
    words = f"{note.strip()}\n(before: {before})" if note.strip() and before else note.strip() or before
    return _joined(f"retry {_after(made)}" if made else "retry", words)


def attempts_made(item: Item) -> int:
    """Return how many attempts the row speaks of, so that the count goes on; 0 where it speaks of none."""
    match = _NOTE.fullmatch(item.notes)
    return int(match["before"] or match["made"] or 0) if match else 0


def earlier_words(item: Item) -> str:
    """Return what the row says of why the attempts before failed; empty where it does not."""
    match = _NOTE.fullmatch(item.notes)
    if match and not match["asked"]:
        return match["words"] or ""
    return item.notes if item.status in RETRIABLE else ""


def asked_words(item: Item) -> str:
    """Return what a person who set the row back has to say; empty where nobody did."""
    match = _NOTE.fullmatch(item.notes)
    return (match["words"] or "") if match and match["asked"] else ""


def _joined(head: str, words: str) -> str:
    return f"{head}: {words}" if words else head


def _after(attempts: int) -> str:
    return f"after {attempts} attempt" + ("" if attempts == 1 else "s")
