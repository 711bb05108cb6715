"""What the work of a model has cost: the figure that every room knows."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Usage:
    """What a model's service metered, in tokens; ``cost`` in US dollars; ``requests`` counts the turns.

    ``claimed`` are fresh tokens of agents whose service nobody here could meter: their own word.
    """

    input: int = 0
    cache_write: int = 0
    cache_read: int = 0
    output: int = 0
    cost: float = 0.0
    requests: int = 0
    claimed: int = 0

    @property
    def used(self) -> int:
        """Fresh tokens: what the column ``used`` holds. Cache reads are left out, as in estimates."""
        return self.input + self.cache_write + self.output + self.claimed

    @property
    def measured(self) -> int:
        """What of it was metered here, and is nobody's word."""
        return self.used - self.claimed

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.input + other.input,
            self.cache_write + other.cache_write,
            self.cache_read + other.cache_read,
            self.output + other.output,
            self.cost + other.cost,
            self.requests + other.requests,
            self.claimed + other.claimed,
        )
