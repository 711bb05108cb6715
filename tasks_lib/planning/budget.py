"""How much may be spent, and what is over it."""

from dataclasses import dataclass

from tasks_lib.backlog import format_tokens
from tasks_lib.ports import Usage


@dataclass(frozen=True, slots=True)
class Budget:
    """The limits of an item or a run: fresh tokens, US dollars, turns of agents, seconds; None: no limit."""

    used: int | None = None
    cost: float | None = None
    turns: int | None = None
    seconds: float | None = None

    def exceeded(self, usage: Usage, seconds: float = 0.0) -> str:
        """Say what has reached its limit, with both figures; nothing while all is within."""
        over = []
        if self.used is not None and usage.used >= self.used:
            over.append(f"{format_tokens(usage.used)} of {format_tokens(self.used)} tokens are used")
        if self.cost is not None and usage.cost >= self.cost:
            over.append(f"${usage.cost:.2f} of ${self.cost:.2f} are spent")
        if self.turns is not None and usage.requests >= self.turns:
            over.append(f"{usage.requests:,} of {self.turns:,} turns are made")
        if self.seconds is not None and seconds >= self.seconds:
            over.append(f"{seconds:,.0f} of {self.seconds:,.0f} seconds are over")
        return ", ".join(over)
