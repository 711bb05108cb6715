"""What a run that ends gives back of what dead runs left in progress."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tasks_lib.backlog.model import Item, ItemId, ItemStatus
from tasks_lib.planning.abandoned import abandoned
from tasks_lib.planning.ending import Report
from tasks_lib.planning.entries import unsettled
from tests.planning.conftest import backlog_of, item
from tests.planning.history import History

FAILED, AT_WORK = ItemStatus.FAILED, ItemStatus.IN_PROGRESS
NOON = datetime(2026, 2, 5, 12, tzinfo=UTC)


def begun(name: str, *depends_on: str) -> Item:
    """Return a row as a run that is at work leaves it."""
    return item(name, *depends_on, status=AT_WORK, agent="dead", started_at=NOON)


def test_a_row_behind_a_failed_one_is_given_back_with_the_reason() -> None:
    """It would say in progress until somebody mends the other one."""
    behind = begun("A-2", "A-1")
    backlog = backlog_of(replace(item("A-1", status=FAILED), notes="red"), behind, item("A-3"))
    (outcome,) = abandoned(Report(backlog))
    assert (outcome.item, outcome.row) == ("A-2", behind)
    assert outcome.notes == "the run that was at it is dead; A-2 waits for A-1, which failed (red)"


def test_what_this_run_was_at_is_not_given_back() -> None:
    """After a push without an answer, say, its row stays for the next run to look at."""
    backlog = backlog_of(begun("A-1"), begun("A-2"))
    report = Report(backlog, attempted=(ItemId("A-1"),))
    assert [outcome.item for outcome in abandoned(report)] == ["A-2"]


@pytest.mark.parametrize("cells", [{"agent": ""}, {"started_at": None}, {"completed_at": NOON}, {"used": 5}])
def test_what_a_person_set_to_in_progress_is_theirs(cells: dict[str, object]) -> None:
    """A run that begins an item fills in who and when, and empties the cells of its end."""
    row = replace(begun("A-1"), **cells)  # type: ignore[arg-type]  # fields by name
    assert abandoned(Report(backlog_of(row))) == ()


def test_notes_that_stand_there_stay() -> None:
    """They may be a person's; in an empty cell it says why the row is open again."""
    backlog = backlog_of(replace(begun("A-1"), notes="mind the proxy"), begun("A-2"))
    edits = unsettled(backlog, abandoned(Report(backlog)), now=NOON)
    assert "notes" not in edits[ItemId("A-1")]
    assert edits[ItemId("A-2")]["notes"] == "the run that was at it is dead"


def test_giving_back_keeps_what_is_promised_of_every_commit() -> None:
    """Another run may write so into the row of a dead one."""
    history = History()
    history.begin("A-1")
    outcomes = abandoned(Report(history.backlog))
    history.write(unsettled(history.backlog, outcomes, now=history.now), run="two")
    assert history.backlog["A-1"].status is ItemStatus.NOT_STARTED
    history.do("A-1", run="three")
    assert history.broken() == []
