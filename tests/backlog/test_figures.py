"""Token figures and times are written in one way and read in many."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks_lib.backlog import format_time, format_tokens, parse_time, parse_tokens


@pytest.mark.parametrize(
    ("tokens", "text"),
    [
        (0, "0"),
        (420, "420"),
        (999, "999"),
        (1_000, "1K"),
        (4_200, "4.2K"),
        (4_249, "4.2K"),
        (4_250, "4.3K"),
        (38_500, "38.5K"),
        (999_949, "999.9K"),
        (999_950, "1M"),
        (1_200_000, "1.2M"),
        (2_500_000_000, "2.5B"),
        (10**13, "10000B"),
    ],
)
def test_figures_are_written_as_the_guide_does(tokens: int, text: str) -> None:
    """One decimal, rounded half up, none where it is zero."""
    assert format_tokens(tokens) == text


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("5K", 5_000),
        ("4.2k", 4_200),
        (" 38,500 ", 38_500),
        ("1_000_000", 1_000_000),
        ("~5K", 5_000),
        ("≈ 5 K tokens", 5_000),
        ("1.2M", 1_200_000),
        ("0.0005K", 1),
        ("7", 7),
    ],
)
def test_figures_are_read_as_people_write_them(text: str, tokens: int) -> None:
    """Signs, separators and the word tokens do not matter."""
    assert parse_tokens(text) == tokens


@pytest.mark.parametrize(
    "text", ["", "-5K", "5-10K", "K", "1e3", "5KK", "٣K", "NaN", "1,00", "5 K K", "9" * 13]
)
def test_other_texts_are_no_figures(text: str) -> None:
    """The error shows the forms that are read."""
    with pytest.raises(ValueError, match=r"write 5K, 38\.5K or 1\.2M"):
        parse_tokens(text)


def test_negative_figures_cannot_be_written() -> None:
    """There is no such thing as a negative use of tokens."""
    with pytest.raises(ValueError, match="negative"):
        format_tokens(-1)


@given(st.integers(0, 10**11))
def test_what_is_written_is_read_within_its_precision(tokens: int) -> None:
    """Reading gives the figure back to within a twentieth of its unit; writing that gives the same text."""
    text = format_tokens(tokens)
    assert abs(parse_tokens(text) - tokens) * 20 <= max(20, 10 ** (3 * "KMB".find(text[-1]) + 3))
    assert format_tokens(parse_tokens(text)) == text


@given(st.datetimes(timezones=st.just(UTC)))
def test_times_survive(moment: datetime) -> None:
    """A time is read back to the second."""
    assert parse_time(format_time(moment)) == moment.replace(microsecond=0)


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-05T14:03:00Z",
        "2026-02-05T14:03:00+00:00",
        "2026-02-05T15:03:00+01:00",
        "2026-02-05 14:03",
        " 2026-02-05 14:03 UTC ",
        "20260205T140300Z",
    ],
)
def test_times_are_read_in_every_iso_form(text: str) -> None:
    """A time without a zone is taken for UTC."""
    assert parse_time(text) == datetime(2026, 2, 5, 14, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["", "yesterday", "05.02.2026", "2026-13-01", "0001-01-01T00:00:00+23:00", "1700000000000"]
)
def test_other_texts_are_no_times(text: str) -> None:
    """The error shows the form to write."""
    with pytest.raises(ValueError, match="write 2026-02-05T14:03:00Z"):
        parse_time(text)


def test_times_are_written_in_utc() -> None:
    """Whatever zone they come in; without a zone they are refused."""
    assert (
        format_time(datetime(2026, 2, 5, 15, 3, tzinfo=timezone(timedelta(hours=1))))
        == "2026-02-05T14:03:00Z"
    )
    with pytest.raises(ValueError, match="without a time zone"):
        format_time(datetime(2026, 2, 5))  # noqa: DTZ001 - a time without a zone is the point
