"""How long a lock that does not move keeps others out. Pure: the clock is the caller's.

Nobody's time of day is ever compared with anybody else's. A lock is a name that changes with every sign of
life of its holder; a reader measures with its own clock for how long the name has stayed the same.
"""

from dataclasses import dataclass
from enum import StrEnum


class Standing(StrEnum):
    """Free: nobody holds it. Held: its holder may be alive. Expired: its holder counts as dead."""

    FREE = "free"
    HELD = "held"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Watch:
    """What one reader has seen of a lock: its newest name, empty for a free one, and since when.

    ``since`` is in seconds of the reader's own monotonic clock.
    """

    name: str = ""
    since: float = 0.0

    def observe(self, name: str, now: float) -> "Watch":
        """Return the watch after another look; a name that is new, or a clock that is, starts it afresh."""
        return self if name == self.name and self.since <= now else Watch(name, now)

    def standing(self, now: float, lease: float) -> Standing:
        """Tell what the last look means at ``now``, with a lease in seconds."""
        if not self.name:
            return Standing.FREE
        return Standing.EXPIRED if now - self.since > lease else Standing.HELD
