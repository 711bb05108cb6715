"""Time, chance and the order of steps: everything in a history follows from its seed."""

import heapq
from collections.abc import Generator
from dataclasses import dataclass, field
from random import Random
from typing import TypeAlias, TypeVar

Value = TypeVar("Value")

Pause = tuple[str, float]
"""What a thread is about to do, and for how many seconds it does nothing before; idle threads say nothing."""

Steps: TypeAlias = Generator[Pause, None, Value]
"""A thread, or a part of one. Wherever it yields, anything may happen."""

IDLE = ""

LAST_EVENT = 60_000
"""A history that has more steps does not end by itself."""


class Endless(Exception):
    """A history went on for ever."""


@dataclass(eq=False)
class Process:
    """A run of the orchestrator on one machine: its threads live, sleep and die together."""

    name: str
    machine: str
    born: float
    died: float | None = None
    frozen: list[tuple[float, float]] = field(default_factory=list)
    crashed: bool = False
    stopping: bool = False

    @property
    def alive(self) -> bool:
        return self.died is None

    def wakes(self, now: float) -> float:
        """Return when it goes on: now, unless it is frozen."""
        return max([now, *(end for start, end in self.frozen if start <= now < end)])


@dataclass(order=True)
class _Thread:
    time: float
    number: int
    name: str = field(compare=False)
    steps: Steps[None] = field(compare=False)
    process: Process | None = field(compare=False)


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened, in words, at a second of the history."""

    time: float
    who: str
    what: str

    def __str__(self) -> str:
        return f"{self.time:9.2f} s  {self.who:<22} {self.what}"


@dataclass(frozen=True, slots=True)
class Outage:
    """A time in which one machine cannot reach the remote, or nobody can."""

    start: float
    end: float
    whom: str = ""

    def hits(self, whom: str) -> bool:
        return self.whom in {"", whom}

    def meets(self, start: float, end: float) -> bool:
        """Tell whether it is in a span of time."""
        return self.start < end and start < self.end


class World:
    """Runs threads in the order of their times.

    ``strain`` scales how often something goes wrong, ``distance`` how long a call of the remote takes.
    """

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311 - the same history for the same seed, no secret
        self.now = 0.0
        self.strain = self.random.choice((0.0, 0.5, 1.0, 2.0))
        self.distance = self.random.choice((1, 8, 20))
        self.log: list[Event] = []
        self.away: list[Outage] = []
        self._threads: list[_Thread] = []
        self._count = 0

    def start(self, name: str, steps: Steps[None], process: Process | None = None) -> None:
        """Let a thread begin at once."""
        self._queue(_Thread(self.now, 0, name, steps, process))

    def say(self, who: str, what: str) -> None:
        self.log.append(Event(self.now, who, what))

    def likely(self, chance: float) -> bool:
        """Throw a dice for a fault."""
        return self.random.random() < chance * self.strain

    def is_away(self, whom: str) -> bool:
        """Tell whether a machine, or a person, cannot reach the remote."""
        return any(outage.start <= self.now < outage.end and outage.hits(whom) for outage in self.away)

    def run(self) -> None:
        """Go on until no thread is left."""
        while self._threads:
            thread = heapq.heappop(self._threads)
            if self._count > LAST_EVENT:
                raise Endless(f"it did not end within {LAST_EVENT} steps: {thread.name} goes on")
            self.now = thread.time
            process = thread.process
            if process and not process.alive:
                continue
            if process and process.wakes(self.now) > self.now:
                thread.time = process.wakes(self.now)
                self._queue(thread)
                continue
            self._step(thread)

    def _step(self, thread: _Thread) -> None:
        try:
            what, seconds = next(thread.steps)
        except StopIteration:
            return
        if what:
            self.say(thread.name, what)
            if thread.process:
                self._strike(thread.process)
        # A little chance keeps two threads from going in step for ever.
        thread.time = self.now + seconds * self.random.uniform(0.8, 1.2)
        self._queue(thread)

    def _strike(self, process: Process) -> None:
        """Kill, stop or freeze a process, now and then."""
        if self.likely(0.004):
            self.kill(process)
        elif self.likely(0.003):
            self.stop(process)
        elif self.likely(0.006):
            end = self.now + self.random.choice((10, 250, 500))
            process.frozen.append((self.now, end))
            self.say(process.name, f"is frozen until {end:.0f} s")

    def kill(self, process: Process) -> None:
        """End a process as kill -9 does."""
        process.died, process.crashed = self.now, True
        self.say(process.name, "is killed")

    def stop(self, process: Process) -> None:
        """Ask a process to end, as Ctrl-C does."""
        process.stopping = True
        self.say(process.name, "is asked to end")

    def _queue(self, thread: _Thread) -> None:
        self._count += 1
        thread.number = self._count
        heapq.heappush(self._threads, thread)
