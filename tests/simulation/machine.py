"""A machine: its clocks, and the seat of the run on it, which outlives runs."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tasks_lib.planning.lease import Watch
from tests.simulation.world import Process, World

_EPOCH = datetime(2026, 2, 5, 14, tzinfo=UTC)


@dataclass(eq=False)
class Machine:
    """``wall`` is what its time of day is off by, ``boot`` when its monotonic clock began, in seconds."""

    world: World
    name: str
    wall: float = 0.0
    boot: float = 0.0
    seat: Process | None = None
    seen: Watch = field(default_factory=Watch)
    runs: int = 0

    def time_of_day(self) -> datetime:
        """Return what is written into rows."""
        return _EPOCH + timedelta(seconds=int(self.world.now + self.wall))

    def monotonic(self) -> float:
        """Return the seconds of a clock that nobody sets, and that no other machine has."""
        return self.world.now - self.boot

    def reboot(self) -> None:
        """Start anew: whatever ran is dead, and the monotonic clock begins again."""
        if self.seat and self.seat.alive:
            self.world.kill(self.seat)
        self.boot, self.seen = self.world.now, Watch()

    def take_seat(self) -> Process | None:
        """Return a new process that sits there, None when one sits there already."""
        if self.seat and self.seat.alive:
            return None
        self.runs += 1
        self.seat = Process(f"run {self.runs} on {self.name}", self.name, self.world.now)
        return self.seat
