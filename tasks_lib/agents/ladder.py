"""Which model makes which attempt. Pure."""

from collections.abc import Iterable, Mapping

from tasks_lib.agents.metering import model_facts, shipped_models
from tasks_lib.backlog.model import Item
from tasks_lib.config import AgentConfig, ModelConfig, Rung
from tasks_lib.errors import ConfigError
from tasks_lib.planning.asked import asked_model


def model_for(config: AgentConfig, item: Item, attempt: int) -> str:
    """Return the model of an attempt: the row's own, else the last fitting rung's, else the default."""
    fitting = [rung.model for rung in config.ladder if _fits(rung, item, attempt)]
    return asked_model(item) or [config.model, *fitting][-1]


def check_ladder(config: AgentConfig) -> None:
    """Raise ``ConfigError`` for a model of the configuration that has no prices."""
    model_facts(config.model, config.models)
    for number, rung in enumerate(config.ladder, start=1):
        model_facts(rung.model, config.models, key=f"agent.ladder, rung {number}")


def models_of(config: AgentConfig, items: Iterable[Item]) -> list[str]:
    """Return all models that these items may be worked on with, in any attempt.

    Raise ``ConfigError`` for rows that ask for another model than the configuration or the table names.
    """
    check_asked(config, items := tuple(items))
    firsts = {1, *(rung.from_attempt for rung in config.ladder)}
    found = (model_for(config, item, attempt) for item in items for attempt in sorted(firsts))
    return list(dict.fromkeys(found)) or [config.model]


def check_asked(config: AgentConfig, items: Iterable[Item]) -> None:
    """Raise ``ConfigError`` for rows that ask for a model which is not named in configuration or table."""
    known = {**shipped_models(), **config.models, config.model: None} | {
        rung.model: None for rung in config.ladder
    }
    wrong = [_unknown(item, known) for item in items if asked_model(item) not in {"", *known}]
    if wrong:
        raise ConfigError("\n".join(wrong))


def _unknown(item: Item, known: Mapping[str, ModelConfig | None]) -> str:
    return (
        f"{item.id} (line {item.line}) asks for the model {asked_model(item)!r}, which is not configured: "
        f"write one of {', '.join(sorted(known))}, or add its prices as a table [agent.models.NAME]"
    )


def _fits(rung: Rung, item: Item, attempt: int) -> bool:
    anything = not rung.categories and not rung.items
    named = item.id.category in rung.categories or item.id in rung.items
    return attempt >= rung.from_attempt and (anything or named)
