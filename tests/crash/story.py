"""A backlog from its first item to its last, through as many deaths as it takes."""

import tempfile
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tasks_lib.config import RunConfig
from tests.crash.deaths import After, Death, Life, Never
from tests.crash.judge import faults
from tests.crash.project import Person, configuration, make, served

KILLED = -9
MEMORY = "/dev/shm"  # noqa: S108 - a directory with a name of its own is made in it
MACHINES = (*("here",) * 9, "there")
_SHORTEST, _LONGER = 0.8, 1.15
_NEITHER = "neither finished nor killed"


@dataclass
class Tally:
    """What happened in some stories; ``died`` are lives that were killed."""

    stories: int = 0
    lives: int = 0
    died: int = 0
    items: int = 0
    edits: int = 0
    begun_again: int = 0
    adopted: int = 0
    faults: list[str] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)


class Story:
    """One backlog with a remote of its own, below ``home``."""

    def __init__(self, home: Path, items: int) -> None:
        self._home = home
        self._items = items
        self.person = Person(make(home, items))
        self._lives: list[Life] = []

    def live(self, death: Death, config: RunConfig | None = None) -> Life:
        """Start the program once more, after another edit of a person, and see it end."""
        self.person.edit()
        config = config or configuration(self._home)
        life = Life(self._home, config, f"run-{len(self._lives) + 1}", death)
        self._lives.append(life)
        death.await_end(life)
        if life.ended is None:
            life.kill()
            life.ended = None
        return life

    @property
    def left(self) -> int:
        """How many items are not done."""
        return sum(not item.done for item in self.person.project.backlog())

    def tally(self, name: str) -> Tally:
        """Say what happened and what is wrong; ``name`` tells how to make the same story again."""
        log = (self._home / "log").read_text(errors="replace")
        wrong = [
            f"life {number} {_NEITHER}: {life.ended}"
            for number, life in enumerate(self._lives, 1)
            if life.ended not in (0, KILLED)
        ]
        wrong += faults(self._home, self.person)
        return Tally(
            stories=1,
            lives=len(self._lives),
            died=sum(life.ended != 0 for life in self._lives),
            items=self._items,
            edits=self.person.edits,
            begun_again=log.count(": begins, in-progress"),
            adopted=log.count(": published before as"),
            faults=[f"{name}: {fault}\n{log[-3000:]}" for fault in wrong],
        )


@contextmanager
def story(items: int) -> Iterator[tuple[Path, Story]]:
    # In memory where that can be: processes are killed here, not machines.
    place = MEMORY if Path(MEMORY).is_dir() else None
    with tempfile.TemporaryDirectory(
        prefix="tasks-md-crash-", dir=place, ignore_cleanup_errors=True
    ) as directory:
        home = Path(directory).resolve()
        yield home, Story(home, items)


def killed_at_random(seed: int, *, items: int = 6, lease: float = 3.0) -> Tally:
    """Kill every life at a random moment, now and then to go on on another machine; a person edits on.

    The moments come later and later until something gets done, as on a busy machine nothing else would.
    """
    random = Random(seed)  # noqa: S311 - to be repeated, not to be kept secret
    longest, left = _SHORTEST, items
    with story(items) as (home, told):
        with told.person.at_work(pause=1.0):
            while left:
                config = configuration(home, random.choice(MACHINES), lease=lease, parallel=2)
                told.live(After(random.uniform(0, longest)), config)
                before, left = left, told.left
                longest = _SHORTEST if left < before else longest * _LONGER
            told.live(Never(), configuration(home, lease=lease))
        return told.tally(f"seed {seed}")


def killed_in_turn(deaths: Sequence[Death], *, items: int = 2) -> Tally:
    """Let one life after the other end so, with a new backlog whenever one is finished.

    A death that comes too late for what is left to do is kept for the new one.
    """
    tally, waiting = Tally(), deque(deaths)
    while waiting:
        with story(items) as (_, told):
            while waiting and told.left:
                if told.live(waiting[0]).ended:
                    waiting.popleft()
            told.live(Never())
            tally.add(told.tally(", ".join(map(str, deaths))))
    return tally


def killed_once(death: Death, *, items: int = 2, daemon: bool = False) -> Tally:
    """Kill the first life as said; the second one comes to its end."""
    with story(items) as (home, told):
        with served(home) if daemon else nullcontext(str(home / "app.git")) as address:
            config = configuration(home).model_copy(update={"remote": address})
            told.live(death, config)
            told.live(Never(), config)
        return told.tally(str(death))


def calls_of_a_whole_run(items: int = 2) -> int:
    """Return how often git is called by a life that nothing ends."""
    with story(items) as (_, told):
        return told.live(Never()).calls
