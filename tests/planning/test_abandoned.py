"""What a run that ends gives back of what dead runs left in progress."""

from dataclasses import replace

from tasks_lib.backlog.model import ItemId, ItemStatus
from tasks_lib.planning.abandoned import abandoned
from tasks_lib.planning.ending import Report
from tasks_lib.planning.entries import unsettled
from tests.planning.conftest import backlog_of, item
from tests.planning.history import History

FAILED, AT_WORK = ItemStatus.FAILED, ItemStatus.IN_PROGRESS


def test_a_row_behind_a_failed_one_is_given_back_with_the_reason() -> None:
    """It would say in progress until somebody mends the other one."""
    behind = replace(item("A-2", "A-1", status=AT_WORK), agent="dead")
    backlog = backlog_of(replace(item("A-1", status=FAILED), notes="red"), behind, item("A-3"))
    (outcome,) = abandoned(Report(backlog))
    assert (outcome.item, outcome.row) == ("A-2", behind)
    assert outcome.notes == "the run that was at it is dead; A-2 waits for A-1, which failed (red)"


def test_what_this_run_was_at_is_not_given_back() -> None:
    """After a push without an answer, say, its row stays for the next run to look at."""
    backlog = backlog_of(item("A-1", status=AT_WORK), item("A-2", status=AT_WORK))
    report = Report(backlog, attempted=(ItemId("A-1"),))
    assert [outcome.item for outcome in abandoned(report)] == ["A-2"]


def test_giving_back_keeps_what_is_promised_of_every_commit() -> None:
    """Another run may write so into the row of a dead one."""
    history = History()
    history.begin("A-1")
    outcomes = abandoned(Report(history.backlog))
    history.write(unsettled(history.backlog, outcomes, now=history.now), run="two")
    assert history.backlog["A-1"].status is ItemStatus.NOT_STARTED
    history.do("A-1", run="three")
    assert history.broken() == []
