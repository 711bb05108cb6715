"""What a run writes into a row, as functions of the newest backlog.

Each entry checks its guard on the newest row, so that it can be applied again on every tip that others push:
a person's edit stays, and a cell that both sides changed is a ``CellConflict``.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from tasks_lib.backlog import format_time, format_tokens
from tasks_lib.backlog.model import Backlog, Item, ItemId, ItemStatus
from tasks_lib.errors import CellConflict, ItemChanged
from tasks_lib.planning.again import RETRIABLE, asked_note, asked_words, ended_note
from tasks_lib.planning.asked import kept
from tasks_lib.planning.questions import Matter, Stage, looks_decided, read_note
from tasks_lib.ports import Edits, Ending, Outcome

LONGEST_NOTE = 300
"""Characters of a note; gates say more than a table can hold."""

LONGEST_REQUEST = 2000
"""Characters of what a person may ask for with another try."""

_BLANK = {"agent": "", "started_at": "", "completed_at": "", "used": ""}
"""The cells of a row that nobody is at."""

_REFUSED = re.compile(r"\battempt (?P<number>[0-9]{1,3}) of [0-9]{1,3}: ", re.ASCII)


def started(backlog: Backlog, item: Item, *, agent: str, now: datetime) -> Edits:
    """Return the cells of an item that begins; raise ``ItemChanged`` when it may not begin any more."""
    newest = _row(backlog, item)
    if newest.status is not item.status:
        raise ItemChanged(f"{item.id} was to begin, but its status is {newest.status} by now")
    waiting = [other for other in newest.depends_on if not backlog[other].done]
    if waiting:
        raise ItemChanged(f"{item.id} was to begin, but it depends on {', '.join(waiting)} by now")
    cells = {"status": ItemStatus.IN_PROGRESS.value, "agent": agent, "started_at": format_time(now)}
    if newest.status is not ItemStatus.NOT_STARTED:  # what an earlier run wrote
        notes = newest.notes if asked_words(newest) else kept(newest.notes, "")
        cells |= {"completed_at": "", "used": "", "notes": notes}
    elif newest.completed_at or newest.used is not None:  # what a person left there who set it back
        cells |= {"completed_at": "", "used": ""}
    return {item.id: cells}


def refused(  # noqa: PLR0913  what a note is made of
    backlog: Backlog, mine: Item, *, attempt: int, attempts: int, why: str, agent: str = ""
) -> Edits:
    """Return the note of an attempt that did not count; ``agent`` makes the next one, when not the same.

    ``mine`` is the row as this run wrote it last.
    """
    words = f"attempt {attempt} of {attempts}: {why}"
    note = kept(mine.notes, _approved(mine, words, {Matter.PHASE}) or _foreign(words))
    return _guarded(backlog, mine, {"agent": agent or mine.agent, "notes": note})


def attempt_noted(notes: str) -> int:
    """Return the number of the attempt that a note of ``refused`` speaks of; 0 for any other note."""
    match = _REFUSED.search(notes)
    return int(match["number"]) if match else 0


def ended(backlog: Backlog, mine: Item, outcome: Outcome, *, now: datetime) -> Edits:
    """Return the cells of an item that has come to an ending; none where a person changed the row."""
    if outcome.ending is Ending.CHANGED:
        return {}
    # The time of day may have been set back meanwhile; no item is completed before it is started.
    return _guarded(backlog, mine, _ending_cells(mine, outcome, max(now, mine.started_at or now)))


def checked(backlog: Backlog, mine: Item) -> Edits:
    """Return no cells; raise ``ItemChanged`` when the row is not as this run wrote it last."""
    newest, before = _cells(_row(backlog, mine)), _cells(mine)
    for column, value in before.items():
        if newest[column] != value:
            raise ItemChanged(
                f"{mine.id}: a person changed {column} from {value!r} to {newest[column]!r} during the work"
            )
    return {}


def asked_again(backlog: Backlog, item: ItemId, note: str) -> Edits:
    """Return the cells of a failed or blocked row that a person sets back, with a note to the agent.

    Raise ``ItemChanged`` for any other row: what is open or at work is nobody's to set back.
    """
    row = backlog[item]
    if row.status not in RETRIABLE:
        raise ItemChanged(f"{item} is {row.status}: only what is failed or blocked can be set back")
    words = asked_note(row, note)[:LONGEST_REQUEST]
    return {item: {"status": ItemStatus.NOT_STARTED.value, **_BLANK, "notes": words}}


def _ending_cells(mine: Item, outcome: Outcome, now: datetime) -> dict[str, str]:
    if outcome.ending is Ending.GIVEN_BACK:
        cells = {"status": ItemStatus.NOT_STARTED.value, **_BLANK}
        notes = _approved(mine, outcome.notes, set(Matter)) or _foreign(outcome.notes)
        return {**cells, "notes": kept(mine.notes, notes)} if notes else cells
    waits = outcome.ending is Ending.WAITING
    notes = _question(outcome.notes, now) if waits else _ending_note(outcome)
    return {
        "status": (ItemStatus.BLOCKED if waits else ItemStatus(outcome.ending)).value,
        "completed_at": format_time(now),
        "used": format_tokens(outcome.usage.used),
        "notes": kept(mine.notes, notes),
    }


def _ending_note(outcome: Outcome) -> str:
    done = outcome.ending is Ending.DONE
    return _foreign(outcome.notes if done else ended_note(outcome.attempts, outcome.notes))


def _question(words: str, now: datetime) -> str:
    """Return the question with the time at which it is asked."""
    question = read_note(words)
    return str(replace(question, asked=now)) if question else clip(words)


def _approved(mine: Item, words: str, matters: Collection[Matter]) -> str:
    """Return the row's approval with these words behind it: nobody is asked twice. Empty without one."""
    found = read_note(mine.notes)
    if found and found.stage is Stage.APPROVED and found.matter in matters:
        return clip(str(replace(found, said=words)))
    return ""


def _foreign(text: str) -> str:
    """Return a note with an agent's words in it, which must never be taken for a decision."""
    return clip(f"note: {text}" if looks_decided(text) else text)


def clip(text: str) -> str:
    """Make a text fit into a cell: one line, at most ``LONGEST_NOTE`` characters."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_NOTE else line[: LONGEST_NOTE - 1] + "…"


def _guarded(backlog: Backlog, mine: Item, values: dict[str, str]) -> Edits:
    """Return the edits, unless a person has meanwhile written another value into one of the cells."""
    newest, before = _cells(_row(backlog, mine)), _cells(mine)
    for column, value in values.items():
        if newest[column] not in (before[column], value):
            raise CellConflict(mine.id, column, before[column], value, newest[column])
    return {mine.id: values}


def _row(backlog: Backlog, item: Item) -> Item:
    if item.id not in backlog:
        raise ItemChanged(f"{item.id} is not in the tracking file any more")
    return backlog[item.id]


def _cells(item: Item) -> dict[str, str]:
    return {
        "status": item.status.value,
        "agent": item.agent,
        "started_at": format_time(item.started_at) if item.started_at else "",
        "completed_at": format_time(item.completed_at) if item.completed_at else "",
        "used": "" if item.used is None else format_tokens(item.used),
        "notes": item.notes,
    }


def unsettled(backlog: Backlog, outcomes: Iterable[Outcome], *, now: datetime) -> Edits:
    """Return the cells of endings that did not reach the remote, where the row is as the run left it."""
    edits: dict[ItemId, Mapping[str, str]] = {}
    for outcome in outcomes:
        mine = outcome.row
        if mine and mine.id in backlog and _cells(backlog[mine.id]) == _cells(mine):
            edits |= ended(backlog, mine, outcome, now=now)
    return edits
