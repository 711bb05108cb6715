"""Histories by number: live one, judge it, find the first that fails."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.simulation.bugs import WRITING
from tests.simulation.day import Day
from tests.simulation.judge import faults
from tests.simulation.lock_bugs import LOCKING
from tests.simulation.run import Parts
from tests.simulation.world import Endless

Bug = Callable[[], Parts]

BUGS: dict[str, Bug] = {bug.__name__: bug for bug in (*WRITING, *LOCKING)}


@dataclass(frozen=True, slots=True)
class History:
    """What happened from one seed, line by line, and what was wrong with it."""

    seed: int
    steps: tuple[str, ...]
    faults: tuple[str, ...]


def live(seed: int, bug: Bug = Parts) -> History:
    """Let a day pass and judge it."""
    day = Day(seed, bug())
    try:
        day.pass_by()
        found = faults(day)
    except Endless as error:
        found = [f"endless: {error}"]
    return History(seed, tuple(map(str, day.world.log)), tuple(found))


def failing(first: int, histories: int, bug: Bug = Parts) -> Iterator[History]:
    """Yield the histories that fail, of so many from a seed on."""
    for seed in range(first, first + histories):
        history = live(seed, bug)
        if history.faults:
            yield history
