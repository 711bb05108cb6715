"""What people want to be asked about, and how much may be spent without asking."""

from typing import Literal

from pydantic import Field

from tasks_lib.config.section import Seconds, Section, Tokens

EVERYTHING = "all"


class ApprovalConfig(Section):
    """What waits for a person's decision; without any of it a run never asks."""

    phases: Literal["all"] | tuple[int, ...] = Field(
        (), description='Numbers of the phases to ask before, e.g. [2, 3]; "all": before every phase'
    )
    diffs: tuple[str, ...] = Field(
        (), description='Flagged diffs to ask for, by how the flag begins ("changes CI"); ["all"]: every one'
    )
    budget: bool = Field(
        default=False, description="Ask when a budget is used up, instead of failing the item or the run"
    )
    timeout: Seconds = Field(86_400, description="Seconds to wait for an answer")
    default: Literal["reject", "approve"] = Field("reject", description="The decision when nobody answers")

    def asks_before(self, phase: int) -> bool:
        """Tell whether the phase of that number may begin only when a person has said so."""
        return self.phases == EVERYTHING or phase in self.phases

    def asked(self, flags: tuple[str, ...]) -> tuple[str, ...]:
        """Return those of a diff's flags that a person has to see before it is published."""
        if EVERYTHING in self.diffs:
            return flags
        return tuple(flag for flag in flags if any(flag.startswith(kind) for kind in self.diffs))


class BudgetConfig(Section):
    """How much may be spent, in fresh tokens, US dollars, turns and seconds; what is not set has no limit.

    Work that is going on is never ended for it. Seconds are wall time, waiting for the service included.
    """

    item_used: Tokens | None = Field(None, description="Fresh tokens of an item, after which no new attempt")
    item_cost: float | None = Field(None, gt=0, description="US dollars of an item, likewise")
    item_turns: int | None = Field(None, gt=0, description="Turns of an item's agents, likewise")
    item_seconds: Seconds | None = Field(None, description="Seconds of an item, likewise")
    run_used: Tokens | None = Field(None, description="Fresh tokens of a run, after which nothing new starts")
    run_cost: float | None = Field(None, gt=0, description="US dollars of a run, likewise")
    run_turns: int | None = Field(None, gt=0, description="Turns of a run's agents, likewise")
    run_seconds: Seconds | None = Field(None, description="Seconds of a run, likewise")
