"""Which model makes which attempt."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks_lib.agents.ladder import check_ladder, model_for, models_of
from tasks_lib.backlog.model import Item
from tasks_lib.config import AgentConfig
from tasks_lib.errors import ConfigError
from tasks_lib.planning.asked import asked_model, kept
from tasks_lib.ports import Brief
from tests.agents.conftest import ITEM, MADE, Stage, events, recording, says

OPUS, SONNET, HAIKU = "claude-opus-5-5", "claude-sonnet-5-5", "claude-haiku-5-5"


def ladder(*rungs: dict[str, object]) -> AgentConfig:
    return AgentConfig.model_validate({"model": HAIKU, "ladder": rungs})


def asking(notes: str = "", model: str = "") -> Item:
    return replace(MADE, notes=notes, model=model)


@pytest.mark.parametrize(
    ("rung", "models"),
    [
        ({}, [OPUS, OPUS, OPUS]),
        ({"from_attempt": 3}, [HAIKU, HAIKU, OPUS]),
        ({"categories": ["SEC"]}, [OPUS, OPUS, OPUS]),
        ({"categories": ["CQ"]}, [HAIKU, HAIKU, HAIKU]),
        ({"items": [ITEM], "from_attempt": 2}, [HAIKU, OPUS, OPUS]),
        ({"items": ["MS-SEC-002"]}, [HAIKU, HAIKU, HAIKU]),
        ({"items": ["MS-SEC-002"], "categories": ["SEC"]}, [OPUS, OPUS, OPUS]),
    ],
)
def test_a_rung_is_for_some_attempts_of_some_items(rung: dict[str, object], models: list[str]) -> None:
    """From an attempt on; for all items, or for those of its categories and those that it names."""
    config = ladder({"model": OPUS, **rung})
    assert [model_for(config, MADE, attempt) for attempt in (1, 2, 3)] == models


def test_the_last_rung_that_fits_counts() -> None:
    """From top to bottom, as people read."""
    config = ladder({"model": SONNET, "from_attempt": 2}, {"model": OPUS, "from_attempt": 3})
    assert [model_for(config, MADE, attempt) for attempt in (1, 2, 3)] == [HAIKU, SONNET, OPUS]


@pytest.mark.parametrize(
    ("item", "asked"),
    [
        (asking(model=OPUS), OPUS),
        (asking(f"model: {OPUS}"), OPUS),
        (asking(f"Careful with cookies. model: {OPUS}, please"), OPUS),
        (asking(f"gate test failed; model: {OPUS}"), OPUS),
        (asking(f"model: {SONNET}", model=OPUS), OPUS),
        (asking("The data model: tiles"), ""),
        (asking("Remodel: no"), ""),
        (asking(), ""),
    ],
)
def test_a_row_can_ask_for_a_model(item: Item, asked: str) -> None:
    """In its column, or in its notes; what it asks for is above every rung."""
    assert asked_model(item) == asked
    assert model_for(ladder({"model": SONNET}), item, 3) == (asked or SONNET)


@given(st.text("model: -5aX.;,()|"), st.sampled_from(["", f"model: {OPUS}", f"Mind. model: {OPUS}; so"]))
def test_what_a_run_writes_asks_for_nothing_new(note: str, before: str) -> None:
    """A note may hold the words of an agent or a gate: after it the row asks for what it asked before."""
    assert asked_model(asking(kept(before, note))) == asked_model(asking(before))


def test_every_model_that_may_be_needed_is_known_beforehand() -> None:
    """Over all attempts of all items, each once."""
    config = ladder({"model": SONNET, "from_attempt": 2}, {"model": OPUS, "items": ["MS-SEC-002"]})
    assert models_of(config, [MADE]) == [HAIKU, SONNET]
    assert models_of(config, [asking(model=OPUS), MADE]) == [OPUS, HAIKU, SONNET]
    assert models_of(config, []) == [HAIKU]


@pytest.mark.parametrize("name", ["gpt-2", "claude-opus-5-5-x", "../../etc/passwd", "{model}", "a b"])
def test_a_row_cannot_ask_for_what_is_not_configured(name: str) -> None:
    """The name is a person's, or an enemy's: the row's line and the names that there are are told."""
    with pytest.raises(ConfigError, match=rf"MS-SEC-001 \(line 7\) asks for .*{HAIKU}.*agent\.models"):
        models_of(ladder(), [asking(model=name)])


def test_a_rung_without_prices_is_a_config_error() -> None:
    """Named by its place."""
    with pytest.raises(ConfigError, match=r'agent\.ladder, rung 2: no prices are known for "gpt-2"'):
        check_ladder(ladder({"model": OPUS}, {"model": "gpt-2"}))


def test_each_attempt_is_made_and_paid_with_its_own_model(stage: Stage) -> None:
    """Name, transcript, prices and window are those of the attempt's model."""
    config = {"model": HAIKU, "ladder": [{"model": OPUS, "from_attempt": 2}]}
    agent = stage.agent(stage.serve(recording(says())).url, config)
    assert agent.probe([MADE], stage.said.append) == {HAIKU: 200_000, OPUS: 200_000}
    first, second = (
        agent.work(Brief(MADE, attempt, 3), stage.workspace, stage.said.append) for attempt in (1, 2)
    )
    assert [events(work, "start")[0]["agent"] for work in (first, second)] == [
        f"{HAIKU} (replay)",
        f"{OPUS} (replay)",
    ]
    assert second.usage.cost / first.usage.cost == pytest.approx(40, rel=0.01)


def test_a_row_that_was_pushed_meanwhile_is_checked_too(stage: Stage) -> None:
    """It was not there when the run was probed; its attempt ends with the same words."""
    agent = stage.agent(stage.serve(recording(says())).url)
    with pytest.raises(ConfigError, match="asks for the model 'gpt-2'"):
        agent.work(Brief(asking(model="gpt-2"), 1, 3), stage.workspace, stage.said.append)
