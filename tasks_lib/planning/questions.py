"""What waits for a person's decision, as it stands in the notes of a row: asked, approved or rejected.

The tracking file is the only memory of it, so that every run knows of every question and of its answer. A
person can decide in the file as well: ``Approved`` in place of ``Waits for approval``, status not-started.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from tasks_lib.backlog import format_time, parse_time
from tasks_lib.backlog.model import Backlog, Item, ItemId, ItemStatus


class Stage(StrEnum):
    """How far a question is; the word that its note begins with."""

    WAITS = "Waits for approval"
    APPROVED = "Approved"
    REJECTED = "Rejected"


class Matter(StrEnum):
    """What a question is about."""

    DIFF = "diff"
    BUDGET = "budget"
    PHASE = "phase"


_NOTE = re.compile(
    rf"(?P<stage>{'|'.join(Stage)}): (?P<matter>{'|'.join(Matter)})(?: (?P<subject>[0-9a-f]+))?: "
    r"(?P<words>.*?)(?: \(asked (?P<asked>[0-9T:Z-]+)\))?(?:; (?P<said>.*))?"
)
_STAGES = {
    ItemStatus.BLOCKED: {Stage.WAITS},
    ItemStatus.NOT_STARTED: {Stage.APPROVED},
    ItemStatus.IN_PROGRESS: {Stage.APPROVED},
    ItemStatus.FAILED: {Stage.REJECTED},
    ItemStatus.DONE: set[Stage](),
}
SHORT = 16
"""Digits of a commit in a note: as many as nobody can find another commit for."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a person is asked, or was.

    ``subject`` is the commit of a diff (its first 16 digits) or the number of a phase; ``asked`` is when, or
    None where the note does not say; ``said`` is what a person, or the run, added.
    """

    matter: Matter
    words: str
    subject: str = ""
    asked: datetime | None = None
    stage: Stage = Stage.WAITS
    said: str = ""

    def __str__(self) -> str:
        """Return the note: ``Waits for approval: diff 0123…: changes CI (asked 2026-11-22T12:00:00Z)``."""
        words = _clipped(self.words.replace(";", ","), 160)
        matter = f"{self.matter} {self.subject}" if self.subject else str(self.matter)
        asked = f" (asked {format_time(self.asked)})" if self.asked else ""
        said = f"; {_clipped(self.said, 60)}" if self.said else ""
        return f"{self.stage}: {matter}: {words}{asked}{said}"


def read_note(note: str) -> Question | None:
    """Read a note as this module writes them; None for any other text."""
    found = _NOTE.fullmatch(note)
    if not found:
        return None
    return Question(
        Matter(found["matter"]),
        found["words"],
        found["subject"] or "",
        _time(found["asked"]),
        Stage(found["stage"]),
        found["said"] or "",
    )


def question_of(item: Item) -> Question | None:
    """Return what the row asks or what was decided of it; None where its status and note say neither."""
    found = read_note(item.notes)
    return found if found and found.stage in _STAGES[item.status] else None


def looks_decided(note: str) -> bool:
    """Tell whether a text would be taken for a question or a decision, which no agent may write."""
    return any(note.lstrip().startswith(f"{stage}:") for stage in Stage)


def _clipped(text: str, length: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1] + "…"


def _time(text: str | None) -> datetime | None:
    try:
        return parse_time(text) if text else None
    except ValueError:
        return None


def approval(item: Item, matter: Matter) -> Question | None:
    """Return the approval of that kind that the row carries until it is done, else None."""
    found = question_of(item)
    return found if found and found.stage is Stage.APPROVED and found.matter is matter else None


def waiting(backlog: Backlog) -> dict[ItemId, Question]:
    """Return all that waits for a decision, in file order."""
    found = {item.id: question_of(item) for item in backlog}
    return {item: each for item, each in found.items() if each and each.stage is Stage.WAITS}


def overdue(backlog: Backlog, *, timeout: float, now: datetime) -> tuple[ItemId, ...]:
    """Return what has waited for ``timeout`` seconds or longer."""
    limit = timedelta(seconds=timeout)
    return tuple(item for item, each in waiting(backlog).items() if each.asked and each.asked + limit <= now)


def deadline(backlog: Backlog, *, timeout: float) -> datetime | None:
    """Return when the first of what waits has waited for ``timeout`` seconds; None when nothing will."""
    times = [each.asked for each in waiting(backlog).values() if each.asked]
    return min(times) + timedelta(seconds=timeout) if times else None


def phase_shut(backlog: Backlog, number: int, again: Collection[ItemId] = ()) -> bool:
    """Tell whether a phase that needs approval has none: nothing of it was begun, nor approved, nor named.

    ``again`` are the items that a person has named for another try, which says enough.
    """
    items = backlog.phase(number)
    return not any(_opens(item) or item.id in again for item in items)


def _opens(item: Item) -> bool:
    begun = item.done or item.status is ItemStatus.IN_PROGRESS or item.started_at is not None
    return begun or approval(item, Matter.PHASE) is not None


def phase_held(backlog: Backlog, number: int, again: Collection[ItemId] = ()) -> bool:
    """Tell whether a phase is shut that was asked for: the answer is open, or was no."""
    questions = [question_of(item) for item in backlog.phase(number)]
    asked = any(each and each.matter is Matter.PHASE for each in questions)
    return asked and phase_shut(backlog, number, again)


def phase_asker(backlog: Backlog, number: int) -> Item | None:
    """Return the item whose row is to ask for its phase; None where one does already, or none can."""
    items = backlog.phase(number)
    questions = [question_of(item) for item in items]
    if any(each and each.matter is Matter.PHASE for each in questions):
        return None
    return next((item for item in items if item.status is ItemStatus.NOT_STARTED), None)
