"""What the rest will need."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks_lib.backlog.model import Backlog, Item, ItemStatus
from tasks_lib.planning.forecast import Forecast, make_forecast
from tasks_lib.planning.plan import make_plan
from tests.planning.conftest import backlog_of, backlogs, item

NOON = datetime(2026, 2, 5, 12, tzinfo=UTC)


def done(name: str, estimate: int, used: int, minutes: float = 0) -> Item:
    row = item(name, status=ItemStatus.DONE, estimate=estimate, used=used)
    return replace(row, started_at=NOON, completed_at=NOON + timedelta(minutes=minutes)) if minutes else row


def forecast(backlog: Backlog, parallel: int = 1) -> Forecast:
    return make_forecast(backlog, make_plan(backlog), parallel=parallel)


def test_estimates_are_scaled_by_what_was_used() -> None:
    """Items that needed twice their estimate double the estimate of the rest."""
    found = forecast(backlog_of(done("A-1", 1_000, 2_000), item("A-2", estimate=5_000)))
    assert found.tokens is not None
    assert (found.tokens.likely, found.ratio, found.sample) == (10_000, 2.0, 1)


def test_a_range_needs_three_finished_items() -> None:
    """With fewer only the middle is told; with the same ratio everywhere the range is a point."""
    few = forecast(backlog_of(done("A-1", 10, 20), item("A-9", estimate=50)))
    many = forecast(backlog_of(*(done(f"A-{n}", 10, 20) for n in range(3)), item("A-9", estimate=50)))
    assert few.tokens is not None
    assert few.tokens.low is None
    assert many.tokens is not None
    assert (many.tokens.low, many.tokens.likely, many.tokens.high) == (100, 100, 100)


def test_without_estimates_there_are_no_tokens_to_forecast() -> None:
    """Nothing is made up."""
    assert forecast(backlog_of(item("A-1"))).tokens is None


def test_wall_time_follows_pace_and_parallelism() -> None:
    """Ten minutes per 1K: two items of 1K take 20 minutes for one agent, 10 for two."""
    backlog = backlog_of(
        done("A-1", 1_000, 1_000, minutes=10), item("A-2", estimate=1_000), item("A-3", estimate=1_000)
    )
    alone, pair = forecast(backlog).seconds, forecast(backlog, parallel=2).seconds
    assert alone is not None
    assert pair is not None
    assert (alone.low, alone.high) == (1_200, 1_200)
    assert (pair.low, pair.high) == (600, 900)


@given(backlogs(), st.integers(1, 5))
def test_ranges_are_in_order(backlog: Backlog, parallel: int) -> None:
    """Low is not above likely, likely not above high, and nothing is negative."""
    found = forecast(backlog, parallel)
    for span in (found.tokens, found.seconds):
        if span is not None and span.low is not None and span.high is not None:
            assert 0 <= span.low <= span.likely + 1e-6
            assert span.likely <= span.high + 1e-6


def test_more_agents_never_take_longer() -> None:
    """The upper bound falls with every agent, and ends at the critical path's own time and more."""
    rows = [item(f"A-{n}", estimate=1_000 * n) for n in range(1, 8)]
    backlog = backlog_of(done("A-100", 1_000, 1_000, minutes=1), *rows)
    highs = [found.high or 0 for n in range(1, 9) if (found := forecast(backlog, n).seconds)]
    assert highs == sorted(highs, reverse=True)
    assert highs[0] == pytest.approx(28 * 60)
