"""What a run writes into rows."""

from datetime import UTC, datetime, timedelta

from tasks_lib.backlog.model import ItemId, ItemStatus
from tasks_lib.planning import entries
from tasks_lib.ports import Ending, Outcome
from tests.planning.conftest import backlog_of, item

NOON = datetime(2026, 2, 5, 12, tzinfo=UTC)
MINE = item("A-1", status=ItemStatus.IN_PROGRESS, started_at=NOON)


def completed_at(now: datetime) -> str:
    outcome = Outcome(ItemId("A-1"), Ending.DONE)
    return entries.ended(backlog_of(MINE), MINE, outcome, now=now)[MINE.id]["completed_at"]


def test_an_item_is_completed_when_it_ends() -> None:
    """In UTC, to the second."""
    assert completed_at(NOON + timedelta(minutes=3)) == "2026-02-05T12:03:00Z"


def test_no_item_is_completed_before_it_is_started() -> None:
    """Not even where the clock was set back in between."""
    assert completed_at(NOON - timedelta(minutes=3)) == "2026-02-05T12:00:00Z"
