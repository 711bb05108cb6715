"""Prices and the share of the window."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks_lib.agents.metering import Meter, context_tokens, model_facts
from tasks_lib.config import ModelConfig
from tasks_lib.errors import ConfigError
from tasks_lib.ports import Usage

COUNTS = st.integers(0, 10**7)


@pytest.mark.parametrize(
    ("model", "dollars"),
    [("claude-opus-5-5", 4 + 5 + 0.2 + 20), ("claude-sonnet-5-5", 2 + 2.5 + 0.1 + 10)],
)
def test_a_million_of_each_costs_the_list_price(model: str, dollars: float) -> None:
    """US dollars per million tokens."""
    million = Usage(10**6, 10**6, 10**6, 10**6)
    assert Meter(model_facts(model, {})).cost(million) == pytest.approx(dollars)


def test_long_prompts_may_cost_more() -> None:
    """Haiku: five times as much above 100,000 tokens of prompt."""
    meter = Meter(model_facts("claude-haiku-5-5", {}))
    assert meter.cost(Usage(100_000)) == pytest.approx(0.01)
    assert meter.cost(Usage(50_000, 0, 50_001)) == pytest.approx(5 * (50_000 * 0.1 + 50_001 * 0.01) / 1e6)


def test_a_dated_name_costs_what_the_plain_one_does() -> None:
    """The longest name that fits counts."""
    own = ModelConfig(input=1, cache_write=1, cache_read=1, output=1)
    assert model_facts("claude-opus-5-5-20260901", {}).input == 4
    assert model_facts("claude-opus-5-5-20260901", {"claude-opus-5-5-20260901": own}).input == 1


def test_an_unknown_model_says_what_to_add() -> None:
    """And which are known."""
    with pytest.raises(ConfigError, match=r"cache_read.*known are claude-haiku-5-5"):
        model_facts("claude-opus-5", {})


@given(COUNTS, COUNTS, COUNTS, COUNTS)
def test_all_four_figures_are_kept(fresh: int, written: int, read: int, output: int) -> None:
    """``used`` leaves cache reads out, the context counts them in."""
    metered = SimpleNamespace(
        input_tokens=fresh,
        cache_creation_input_tokens=written,
        cache_read_input_tokens=read,
        output_tokens=output,
    )
    usage = Meter(model_facts("claude-opus-5-5", {})).measure(metered)
    assert usage.used == fresh + written + output
    assert context_tokens(usage) == fresh + written + read + output
    assert usage.requests == 1
