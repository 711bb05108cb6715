"""Reads what ``claude --output-format stream-json`` says: one JSON object a line. Pure."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Event: TypeAlias = Mapping[str, Any]

QUIET = frozenset({"thinking_tokens", "ui_invalidate"})
"""Kinds of system events that say nothing which another one does not."""


@dataclass(frozen=True, slots=True)
class Result:
    """The last event: how the command ended.

    ``reason`` is its own word for that, ``status`` the one of HTTP when the service failed; ``used`` and
    ``cost`` are its own figures. ``subtype`` and the exit code are not here: they say success for failures.
    """

    is_error: bool
    text: str
    values: Mapping[str, Any] | None
    reason: str
    status: int | None
    denials: tuple[str, ...]
    used: int
    cost: float


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a tool, or what came of it."""

    id: str
    name: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""
    is_error: bool = False


def event_in(line: str) -> Event | None:
    """Return the event of a line; None for a line of anything else."""
    try:
        value = json.loads(line)
    except ValueError:
        return None
    return value if isinstance(value, dict) and isinstance(value.get("type"), str) else None


def blocks(event: Event) -> list[Mapping[str, Any]]:
    """Return the content of an event's message."""
    message = event.get("message")
    content = message.get("content") if isinstance(message, dict) else None
    return [block for block in content if isinstance(block, dict)] if isinstance(content, list) else []


def calls(event: Event) -> Iterator[Call]:
    """Yield the tools that an event calls."""
    for block in blocks(event):
        if block.get("type") == "tool_use":
            yield Call(str(block.get("id")), str(block.get("name")), block.get("input") or {})


def answers(event: Event) -> Iterator[Call]:
    """Yield what came of the calls that an event answers."""
    for block in blocks(event):
        if block.get("type") == "tool_result":
            text = _flat(block.get("content"))
            yield Call(str(block.get("tool_use_id")), text=text, is_error=bool(block.get("is_error")))


def texts(event: Event) -> Iterator[str]:
    """Yield what an event says in words."""
    return (str(block.get("text", "")) for block in blocks(event) if block.get("type") == "text")


def context_tokens(event: Event) -> int:
    """Return how much of the window the request of an answer filled."""
    usage = event["message"].get("usage") or {}
    names = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens", "output_tokens")
    return sum(int(usage.get(name) or 0) for name in names)


def compacted_tokens(event: Event) -> int:
    """Return how long a conversation was when the command compacted it."""
    return int((event.get("compact_metadata") or {}).get("pre_tokens") or 0)


def result_of(event: Event) -> Result:
    """Return how the command ended."""
    values = event.get("structured_output")
    models = (event.get("modelUsage") or {}).values()
    return Result(
        is_error=bool(event.get("is_error", True)),
        text=str(event.get("result") or ""),
        values=values if isinstance(values, dict) else None,
        reason=str(event.get("terminal_reason") or event.get("subtype") or "unknown"),
        status=event.get("api_error_status"),
        denials=tuple(str(denial.get("tool_name")) for denial in event.get("permission_denials") or ()),
        used=sum(_fresh(model) for model in models),
        cost=float(event.get("total_cost_usd") or 0),
    )


def _fresh(model: Mapping[str, Any]) -> int:
    names = ("inputTokens", "cacheCreationInputTokens", "outputTokens")
    return sum(int(model.get(name) or 0) for name in names)


def _flat(content: object) -> str:
    if isinstance(content, list):
        return "\n".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
    return str(content or "")
