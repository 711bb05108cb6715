"""The limits of one attempt."""

import time
from dataclasses import dataclass, field

from tasks_lib.config import AgentConfig
from tasks_lib.ports import Usage


@dataclass(slots=True)
class Budget:
    """Counts turns, fresh tokens, dollars and seconds against the configuration.

    Time spent waiting for the service is given back with ``give_back``: it is no fault of the attempt.
    """

    config: AgentConfig
    started: float = field(default_factory=time.monotonic)
    waited: float = 0.0

    def give_back(self, seconds: float) -> None:
        """Leave so many seconds out of the wall time."""
        self.waited += seconds

    @property
    def seconds_left(self) -> float:
        """Wall time that is left, not below 0."""
        return max(0.0, self.config.timeout - (time.monotonic() - self.started - self.waited))

    def exceeded(self, usage: Usage, turns: int) -> str:
        """Return which limit has been reached, in words with its figure; empty while there is none."""
        config = self.config
        limits = {
            f"limit of {config.max_turns} turns (max_turns)": turns >= config.max_turns,
            f"limit of {config.max_used:,} fresh tokens (max_used)": usage.used >= config.max_used,
            f"limit of ${config.max_cost:.2f} (max_cost)": usage.cost >= config.max_cost,
        }
        over = [f"{limit} reached" for limit, reached in limits.items() if reached]
        return "; ".join([*over, *([] if self.seconds_left else [self.out_of_time()])])

    def out_of_time(self) -> str:
        """Return the words for the end of the wall time."""
        return f"limit of {self.config.timeout:.0f} s of wall time (timeout) reached"
