"""Metrics: what was done, and what it took."""

from opentelemetry import metrics

from tasks_lib.telemetry.spans import NAME

_meter = metrics.get_meter(NAME)
_items = _meter.create_counter("tasks_md.items", description="Items that came to an ending")
_attempts = _meter.create_counter("tasks_md.attempts", description="Attempts by agents")
_tokens = _meter.create_counter("tasks_md.tokens", unit="{token}", description="Fresh tokens of attempts")
_cost = _meter.create_counter("tasks_md.cost", unit="USD", description="What the attempts cost")


def count_item(ending: str) -> None:
    """Count an item by how it ended."""
    _items.add(1, {"ending": ending})


def count_attempt(agent: str, *, accepted: bool, tokens: int, cost: float) -> None:
    """Count an attempt by its agent and whether it was taken; ``cost`` is in US dollars."""
    labels: dict[str, str | bool] = {"agent": agent, "accepted": accepted}
    _attempts.add(1, labels)
    _tokens.add(tokens, labels)
    _cost.add(cost, labels)
