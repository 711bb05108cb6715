"""When a lock counts as held, by its reader's own clock."""

from hypothesis import given
from hypothesis import strategies as st

from tasks_lib.planning.lease import Standing, Watch

LEASE = 10.0
seconds = st.floats(0, 1e6, allow_nan=False)
names = st.sampled_from(["", "a", "b", "c"])
looks = st.lists(st.tuples(names, st.floats(0, 3 * LEASE, allow_nan=False)), min_size=1, max_size=12)


def watched(steps: list[tuple[str, float]]) -> tuple[Watch, list[tuple[str, float]]]:
    """Return the watch after looks with pauses between them, and what was seen at which time."""
    watch, now, seen = Watch(), 0.0, []
    for name, pause in steps:
        now += pause
        watch = watch.observe(name, now)
        seen.append((name, now))
    return watch, seen


@given(looks, st.floats(0, 3 * LEASE, allow_nan=False))
def test_a_lock_expires_exactly_when_its_name_has_stayed_for_longer_than_the_lease(
    steps: list[tuple[str, float]], later: float
) -> None:
    """Only the looks since the last change count, from the first of them on."""
    watch, seen = watched(steps)
    now = seen[-1][1] + later
    name = seen[-1][0]
    run = next((k for k in range(len(seen) - 1, -1, -1) if seen[k][0] != name), -1) + 1
    stayed = now - seen[run][1]
    expected = Standing.FREE if not name else Standing.EXPIRED if stayed > LEASE else Standing.HELD
    assert watch.standing(now, LEASE) is expected


@given(looks)
def test_a_first_look_never_finds_a_dead_holder(steps: list[tuple[str, float]]) -> None:
    """Whatever was seen before, a name that is new is the name of somebody alive."""
    watch, seen = watched(steps)
    now = seen[-1][1]
    assert watch.observe("new", now).standing(now, LEASE) is Standing.HELD


@given(looks, st.floats(0, 0.999 * LEASE, allow_nan=False), st.integers(1, 30))
def test_a_holder_that_moves_within_its_lease_is_never_taken_for_dead(
    steps: list[tuple[str, float]], pause: float, beats: int
) -> None:
    """However long it holds the lock."""
    watch, seen = watched(steps)
    now = seen[-1][1]
    for beat in range(beats):
        watch = watch.observe(f"beat {beat}", now)
        now += pause
        assert watch.standing(now, LEASE) is Standing.HELD


@given(seconds, seconds)
def test_a_clock_that_went_back_starts_the_watch_afresh(earlier: float, later: float) -> None:
    """A time from another boot says nothing about this one."""
    earlier, later = sorted((earlier, later))
    watch = Watch("a", later + 1).observe("a", earlier)
    assert watch.since == earlier
    assert watch.standing(earlier + LEASE, LEASE) is Standing.HELD


@given(names, seconds, seconds)
def test_only_the_name_and_the_own_clock_decide(name: str, now: float, shift: float) -> None:
    """Moving all of the reader's times by the same amount changes nothing."""
    after = now + LEASE + 1
    here = Watch().observe(name, now).standing(after, LEASE)
    elsewhere = Watch().observe(name, now + shift).standing(after + shift, LEASE)
    assert here is elsewhere
    assert here is (Standing.EXPIRED if name else Standing.FREE)
