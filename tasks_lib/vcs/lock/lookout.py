"""Watching a lock from this machine, to tell whether its holder is alive."""

import time

from tasks_lib.planning.lease import Standing, Watch
from tasks_lib.vcs.lock.ref import LockRef, Seen
from tasks_lib.vcs.lock.seat import Seat


class Lookout:
    """Looks at a lock and remembers what it saw; for whoever has taken the seat."""

    def __init__(self, ref: LockRef, seat: Seat, host: str, lease: float) -> None:
        self._ref = ref
        self._seat = seat
        self._host = host
        self._lease = lease
        self._watch: Watch | None = None

    def look(self) -> tuple[Seen, Standing]:
        """Ask the remote for the lock, and tell what it means; raise as ``LockRef.look`` does."""
        watch = self._watch or self._seat.recall()
        # The times that make an unchanged lock look younger: asked before, answered after.
        before = time.monotonic()
        seen = self._ref.look()
        self._watch = watch.observe(seen.sha if seen.held else "", time.monotonic())
        self._seat.remember(self._watch)
        if seen.held and (seen.holder.host, seen.holder.seat) == (self._host, self._seat.name):
            # Whoever held it sat where we sit now, and nobody gives up a seat alive without a release.
            return seen, Standing.EXPIRED
        return seen, self._watch.standing(before, self.lease_of(seen))

    def lease_of(self, seen: Seen) -> float:
        """Return for how many seconds this lock may stay as it is: its holder knows how often it moves it."""
        return seen.holder.lease or self._lease
