"""What the service metered, in tokens and dollars, and what share of the context that is. Pure."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Protocol

from tasks_lib.config import ModelConfig
from tasks_lib.errors import ConfigError
from tasks_lib.ports import Usage

MILLION = 1_000_000


class Metered(Protocol):
    """The figures of one request, under the names of the Messages API."""

    @property
    def input_tokens(self) -> int:
        """Tokens of the prompt that no cache had a part in."""

    @property
    def cache_creation_input_tokens(self) -> int | None:
        """Tokens of the prompt that were written to the cache."""

    @property
    def cache_read_input_tokens(self) -> int | None:
        """Tokens of the prompt that came from the cache."""

    @property
    def output_tokens(self) -> int:
        """Tokens of the answer."""


@cache
def shipped_models() -> Mapping[str, ModelConfig]:
    """Return the table of prices and windows that comes with the product."""
    text = resources.files(__package__).joinpath("models.toml").read_text(encoding="utf-8")
    return {name: ModelConfig.model_validate(values) for name, values in tomllib.loads(text).items()}


def model_facts(model: str, overrides: Mapping[str, ModelConfig], *, key: str = "agent.model") -> ModelConfig:
    """Return prices and window of a model; a dated name (``…-20260901``) has those of the plain one.

    Raise ``ConfigError``, naming the configuration's ``key``, for a model without prices: a limit in dollars
    would mean nothing.
    """
    table = {**shipped_models(), **overrides}
    names = [name for name in table if model == name or model.startswith(f"{name}-")]
    if not names:
        raise ConfigError(
            f'{key}: no prices are known for "{model}"; add a table [agent.models."{model}"] with '
            f"input, cache_write, cache_read, output (US dollars per million tokens) and window "
            f"(known are {', '.join(sorted(table))})"
        )
    return table[max(names, key=len)]


@dataclass(frozen=True, slots=True)
class Meter:
    """Turns the figures of a request into a ``Usage``."""

    facts: ModelConfig

    def measure(self, metered: Metered, *, requests: int = 1) -> Usage:
        """Return tokens and cost of one request."""
        usage = Usage(
            input=metered.input_tokens,
            cache_write=metered.cache_creation_input_tokens or 0,
            cache_read=metered.cache_read_input_tokens or 0,
            output=metered.output_tokens,
            requests=requests,
        )
        return replace(usage, cost=self.cost(usage))

    def cost(self, usage: Usage) -> float:
        """Return the price in US dollars of one request with these figures."""
        facts = self.facts
        dollars = (
            usage.input * facts.input
            + usage.cache_write * facts.cache_write
            + usage.cache_read * facts.cache_read
            + usage.output * facts.output
        ) / MILLION
        prompt = usage.input + usage.cache_write + usage.cache_read
        is_long = facts.long_prompt is not None and prompt > facts.long_prompt
        return dollars * facts.long_factor if is_long else dollars


def context_tokens(last: Usage) -> int:
    """Return how much of the window the last request filled, its answer included."""
    return last.input + last.cache_write + last.cache_read + last.output
