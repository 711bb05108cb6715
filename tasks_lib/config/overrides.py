"""What a form may set for one run, over what the configuration file says."""

from typing import Self

from pydantic import Field

from tasks_lib.config.run import RunConfig
from tasks_lib.config.section import Section, Tokens

_OF_THE_AGENT = frozenset({"model", "max_cost", "max_used"})


class Overrides(Section):
    """Settings for this run alone; what is left empty is as in the configuration file."""

    max_parallel: int | None = Field(None, ge=1, le=256, description="Items at work at the same time")
    attempts: int | None = Field(None, ge=1, le=20, description="Attempts an item gets before it is failed")
    model: str | None = Field(None, description="Model of the agent, for all attempts of this run")
    max_cost: float | None = Field(None, gt=0, description="US dollars of one attempt")
    max_used: Tokens | None = Field(None, description="Fresh tokens of one attempt")

    @classmethod
    def of(cls, config: RunConfig) -> Self:
        """Return what a form may set, as a configuration has it; a ladder stays what it is."""
        agent = config.agent
        values = {name: getattr(config, name) for name in ("max_parallel", "attempts")}
        values |= {name: getattr(agent, name) for name in _OF_THE_AGENT}
        return cls(**values | ({"model": None} if agent.ladder else {}))

    def over(self, config: RunConfig) -> RunConfig:
        """Return the configuration with what is set here."""
        values = self.model_dump(exclude_none=True)
        agent = {name: values.pop(name) for name in _OF_THE_AGENT & values.keys()}
        if self.model:
            agent["ladder"] = ()
        return config.model_copy(update=values | {"agent": config.agent.model_copy(update=agent)})
