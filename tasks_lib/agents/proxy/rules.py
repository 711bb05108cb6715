"""What may pass to the service: nothing by which it would reach out for whoever asks. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

_RUN_BY_THE_CLIENT = ("custom", "bash_", "text_editor_", "memory_")
"""Types of tools, or how they begin; all others are run by the service, many with the internet in reach."""

_OURS = frozenset(
    {
        *("authorization", "x-api-key", "cookie", "host", "content-length", "accept-encoding"),
        *("connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"),
        *("proxy-authorization", "proxy-connection"),
    }
)
_OF_THE_CONNECTION = frozenset(
    {"connection", "keep-alive", "content-encoding", "content-length", "set-cookie", "transfer-encoding"}
)


def problem_with(request: Mapping[str, Any]) -> str:
    """Return why a request must not pass, in words for its sender; empty when it may."""
    if not isinstance(request.get("model"), str):
        return "model: Field required"
    return next(_ways_out(request), "")


def _ways_out(request: Mapping[str, Any]) -> Iterator[str]:
    for key in ("mcp_servers", "container"):
        if request.get(key):
            yield f"{key}: not allowed here: the service would reach out for a command that has no network"
    for tool in request.get("tools") or ():
        kind = tool.get("type") or "custom"
        if not kind.startswith(_RUN_BY_THE_CLIENT):
            yield f"tools: {kind} is run by the service and not allowed here"
    if any(_fetched(request.get("messages"))):
        yield "messages: a source of type url is fetched by the service and not allowed here"


def _fetched(value: object) -> Iterator[bool]:
    """Yield True for every address that the service would fetch."""
    if isinstance(value, Mapping):
        if value.get("type") == "url" and "url" in value:
            yield True
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from _fetched(part)


def request_headers(given: Mapping[str, str], key: Mapping[str, str]) -> dict[str, str]:
    """Return a request's headers as they go on: without any key but ours, and the answer not packed."""
    kept = {name: value for name, value in given.items() if name.lower() not in _OURS}
    return {**kept, **key, "accept-encoding": "identity"}


def response_headers(given: Mapping[str, str]) -> dict[str, str]:
    """Return an answer's headers as they go back."""
    return {name: value for name, value in given.items() if name.lower() not in _OF_THE_CONNECTION}
