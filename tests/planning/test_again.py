"""Trying an item once more: the count of attempts, the words that go on, and what waits for the item."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tasks_lib.backlog import edit_backlog, parse_backlog
from tasks_lib.backlog.model import Backlog, ItemId, ItemStatus
from tasks_lib.errors import ItemChanged
from tasks_lib.planning.again import (
    asked_note,
    asked_words,
    attempts_made,
    closure,
    earlier_words,
    ended_note,
    first_phase,
    retriable,
    set_back,
)
from tasks_lib.planning.entries import asked_again, ended, started
from tasks_lib.ports import Ending, Outcome

FILE = """\
## Phase 1 - First (A-001 through A-004)

| id    | status  | description | repo | branch | depends_on   | agent | started_at | completed_at | used | notes |
|-------|---------|-------------|------|--------|--------------|-------|------------|--------------|------|-------|
| A-001 | failed  | one         | app  | one    |              | opus | 2026-11-22T10:00:00Z | 2026-11-22T11:00:00Z | 9K | after 2 attempts: lint is red |
| A-002 | done    | two         | app  | two    |              |       |            |              |      |       |
| A-003 | not-started | three   | app  | three  | A-001, A-002 |       |            |              |      |       |
| A-004 | blocked | four        | app  | four   |              |       |            |              |      | Waits for approval: diff 0123456789abcdef: changes CI |

## Phase 2 - Second (A-005 through A-006)

| id    | status      | description | repo | branch | depends_on | notes |
|-------|-------------|-------------|------|--------|------------|-------|
| A-005 | not-started | five        | app  | five   | A-003      |       |
| A-006 | blocked     | six         | app  | six    |            | no key |
"""  # noqa: E501 - a table's row is one line

ONE = ItemId("A-001")


@pytest.fixture
def backlog() -> Backlog:
    """One item failed, one is blocked, one waits for a decision."""
    return parse_backlog(FILE.encode())


def after(note: str, text: str = FILE) -> str:
    """Return the file after a person asked for A-001 once more."""
    edits = asked_again(parse_backlog(text.encode()), ONE, note)
    return edit_backlog(text.encode(), edits).decode()


def test_only_failed_and_blocked_items_are_offered(backlog: Backlog) -> None:
    """What waits for a person's decision is decided, not retried."""
    assert [item.id for item in retriable(backlog)] == ["A-001", "A-006"]


def test_what_waits_for_an_item_goes_with_it_over_phases(backlog: Backlog) -> None:
    """Directly or not, and nothing else."""
    assert closure(backlog, [ONE]) == {"A-001", "A-003", "A-005"}
    assert closure(backlog, [ItemId("A-006")]) == {"A-006"}
    assert closure(backlog, []) == frozenset()


def test_a_retry_begins_where_its_item_is_unless_something_before_is_open(backlog: Backlog) -> None:
    """Phases that are over are not looked at again; one that is not over keeps later ones shut."""
    assert first_phase(backlog, [ONE]) == 1
    assert first_phase(backlog, [ItemId("A-006")]) == 1
    over = parse_backlog(
        FILE.replace("| failed  |", "| done |")
        .replace("| not-started | three", "| done | three")
        .replace("| blocked | four", "| done | four")
        .encode()
    )
    assert first_phase(over, [ItemId("A-006")]) == 2


def test_the_row_is_set_back_as_a_person_would_do_it(backlog: Backlog) -> None:
    """Only the cells that a run writes change, and what failed is still to be read."""
    row = parse_backlog(after("look at the\nheader | first").encode())[ONE]

    assert row.status is ItemStatus.NOT_STARTED
    assert (row.agent, row.started_at, row.completed_at, row.used) == ("", None, None, None)
    assert row.notes == "retry after 2 attempts: look at the\nheader | first\n(before: lint is red)"
    planned = replace(
        backlog[ONE],
        status=row.status,
        agent=row.agent,
        started_at=row.started_at,
        completed_at=row.completed_at,
        used=row.used,
        notes=row.notes,
    )
    assert planned == row


@pytest.mark.parametrize("item", ["A-002", "A-003"])
def test_nothing_else_can_be_set_back(backlog: Backlog, item: str) -> None:
    """What is done or open stays as it is."""
    with pytest.raises(ItemChanged, match="only what is failed or blocked"):
        asked_again(backlog, ItemId(item), "")


def test_count_and_words_go_on_from_try_to_try() -> None:
    """Set back, failed again, and set back without a word; a note of a person's own begins the count anew."""
    row = parse_backlog(after("mind the header").encode())[ONE]
    assert (attempts_made(row), asked_words(row), earlier_words(row)) == (
        2,
        "mind the header\n(before: lint is red)",
        "",
    )

    failed = replace(row, status=ItemStatus.FAILED, notes=ended_note(4, "types are red"))
    assert (attempts_made(failed), earlier_words(failed)) == (4, "types are red")
    assert asked_note(failed, " ") == "retry after 4 attempts: types are red"
    once = replace(row, status=ItemStatus.FAILED, notes=ended_note(1, "red"))
    assert once.notes == "after 1 attempt: red"
    by_hand = replace(row, notes="no key")
    assert asked_note(replace(by_hand, status=ItemStatus.BLOCKED), "it is there") == (
        "retry: it is there\n(before: no key)"
    )
    assert (attempts_made(by_hand), asked_words(by_hand)) == (0, "")


def test_the_words_outlive_a_run_that_dies(backlog: Backlog) -> None:
    """Whoever takes the begun row over finds the person's note and the count in it."""
    text = after("mind the header")
    row = parse_backlog(text.encode())[ONE]
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    begun = edit_backlog(text.encode(), started(parse_backlog(text.encode()), row, agent="opus", now=now))
    left = parse_backlog(begun)[ONE]
    taken_over = started(parse_backlog(begun), left, agent="opus", now=now)[ONE]
    assert (left.status, taken_over["notes"]) == (ItemStatus.IN_PROGRESS, row.notes)
    assert started(backlog, backlog[ONE], agent="opus", now=now)[ONE]["notes"] == ""

    outcome = Outcome(ONE, Ending.FAILED, notes="types are red", attempts=3)
    cells = ended(parse_backlog(begun), left, outcome, now=now)[ONE]
    assert (cells["status"], cells["notes"]) == ("failed", "after 3 attempts: types are red")


def test_a_row_that_is_set_back_is_noticed_whatever_was_read_before(backlog: Backlog) -> None:
    """Between two looks it may have failed and been set back; what a run gave back itself is no request."""
    later = parse_backlog(after("").encode())
    assert set_back([], backlog, later) == {ONE}
    assert set_back([], backlog, backlog) == frozenset()
    assert set_back([Outcome(ONE, Ending.FAILED)], later, later) == {ONE}
    assert set_back([Outcome(ONE, Ending.GIVEN_BACK)], backlog, later) == frozenset()
    assert set_back([Outcome(ONE, Ending.CHANGED)], later, later) == frozenset()
