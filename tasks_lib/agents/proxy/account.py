"""What has passed through a proxy: what it cost, which limit it met, how the service failed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import anthropic

from tasks_lib.agents.budget import Budget
from tasks_lib.agents.metering import Meter, model_facts
from tasks_lib.agents.proxy.tally import Figures
from tasks_lib.agents.retry import Patience, describe, usage_limit
from tasks_lib.config import ModelConfig
from tasks_lib.errors import ConfigError
from tasks_lib.ports import Usage


@dataclass(frozen=True, slots=True)
class Trouble:
    """How the service failed last: a status of HTTP, 0 for no answer at all, and its words."""

    status: int
    words: str


@dataclass(slots=True)
class Account:
    """Counts what passes against the limits of one attempt.

    ``usage`` is what the service metered; ``trouble`` is the service's last failure, None again after an
    answer; ``limit`` is a usage limit of the service that was reached, which only time mends;
    ``interruption`` are words that have to be heard before any further request passes.
    """

    budget: Budget
    models: Mapping[str, ModelConfig]
    usage: Usage = field(default_factory=Usage)
    trouble: Trouble | None = None
    limit: anthropic.APIStatusError | None = None
    interruption: str = ""
    patience: Patience = field(default_factory=Patience)

    @property
    def exceeded(self) -> str:
        """Which limit has been reached, in words; empty while there is none."""
        return self.budget.exceeded(self.usage, self.usage.requests)

    def fail(self, error: anthropic.APIStatusError) -> None:
        """Remember how the service failed."""
        self.trouble = Trouble(error.status_code, describe(error))
        if usage_limit(error, self.patience, datetime.now(UTC)) is not None:
            self.limit = error

    def refusal(self, model: str) -> str:
        """Return why no further request for this model may pass; empty while it may."""
        try:
            model_facts(model, self.models)
        except ConfigError as unknown:
            return str(unknown)
        return self.exceeded or (
            "interrupted: there is something to be said first" if self.interruption else ""
        )

    def taken_up(self) -> str:
        """Return the interruption, which is over then."""
        words, self.interruption = self.interruption, ""
        return words

    def spend(self, model: str, figures: Figures) -> None:
        """Add what one request was metered at, the compactions within it included."""
        meter = Meter(model_facts(model, self.models))
        self.usage += meter.measure(figures.request)
        for compaction in figures.compactions:
            self.usage += meter.measure(compaction, requests=0)
