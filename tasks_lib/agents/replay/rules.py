"""The rules of the Messages API that a request has to keep, as far as an agent can break them. Pure."""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence

from tasks_lib.agents.replay.messages import Json, blocks, compactions, of_type, results, unmarked

BREAKPOINTS = 4
_ROLES = ("user", "assistant")
COMPACTION_BETA = "compact-2026-09-04"


def problem_with(request: Json, betas: str) -> str:
    """Return what the API would refuse this request for, in its manner; empty when nothing."""
    shape = next(_shape(request), "")
    if shape:
        return shape
    checks: Sequence[Callable[[Json, str], Iterator[str]]] = (
        _texts,
        _tools,
        _once,
        _breakpoints,
        _thinking,
        _compaction,
    )
    return next((problem for check in checks for problem in check(request, betas)), "")


def signature(request: Json, before: int) -> str:
    """Return what a thinking block is bound to: system, tools and the messages before it."""
    said = [[message.get("role"), blocks(message)] for message in request["messages"][:before]]
    bound = [request.get("system"), request.get("tools"), said]
    return hashlib.sha256(json.dumps(unmarked(bound), sort_keys=True).encode()).hexdigest()


def _shape(request: Json) -> Iterator[str]:
    for key in ("model", "max_tokens", "messages"):
        if not request.get(key):
            yield f"{key}: Field required"
    messages = request.get("messages")
    if not isinstance(messages, list):
        yield "messages: Input should be a valid list"
        return
    for number, message in enumerate(messages):
        if message.get("role") not in _ROLES:
            yield f"messages.{number}: role must be one of {', '.join(_ROLES)}"
        if not blocks(message):
            yield f"messages.{number}: content must not be empty"
    first = messages[0] if messages else {}
    if first.get("role") == "assistant" and not compactions(first):
        yield "messages: first message must use the user role"
    if (request.get("tool_choice") or {}).get("type") in {"any", "tool"}:
        yield "tool_choice: forcing a tool is not supported for this model"


def _texts(request: Json, _betas: str) -> Iterator[str]:
    for number, message in enumerate(request["messages"]):
        if any(not block.get("text", "").strip() for block in of_type(message, "text")):
            yield f"messages.{number}: text content blocks must be non-empty"


def _tools(request: Json, _betas: str) -> Iterator[str]:
    """Every call is answered, first thing, in the very next message; nothing else is."""
    messages = request["messages"]
    for number, message in enumerate(messages):
        called = _calls(message)
        following = messages[number + 1] if number + 1 < len(messages) else {}
        if called and called != _answered(following):
            yield (
                f"messages.{number}: `tool_use` ids were found without `tool_result` blocks "
                f"immediately after: {', '.join(sorted(called))}"
            )
        previous = messages[number - 1] if number else {}
        if results(message) and not _answered(message) <= _calls(previous):
            yield f"messages.{number}: unexpected `tool_use_id` found in `tool_result` blocks"
        kinds = [block.get("type") == "tool_result" for block in blocks(message)]
        if kinds != sorted(kinds, reverse=True):
            yield f"messages.{number}: `tool_result` blocks must come first"


def _once(request: Json, _betas: str) -> Iterator[str]:
    """Find calls whose ids are not their own, and calls that are answered twice."""
    seen: set[str] = set()
    for number, message in enumerate(request["messages"]):
        calls = [block["id"] for block in of_type(message, "tool_use")]
        if len(set(calls)) < len(calls) or not seen.isdisjoint(calls):
            yield f"messages.{number}: `tool_use` ids must be unique"
        seen.update(calls)
        if len(_answered(message)) < len(results(message)):
            yield f"messages.{number}: each `tool_use` must have a single `tool_result`"


def _calls(message: Json) -> set[str]:
    return (
        {block["id"] for block in of_type(message, "tool_use")}
        if message.get("role") == "assistant"
        else set()
    )


def _answered(message: Json) -> set[str]:
    return {block["tool_use_id"] for block in results(message)} if message.get("role") == "user" else set()


def _breakpoints(request: Json, _betas: str) -> Iterator[str]:
    """Allow few marks, and only where a cache may end."""
    for number, message in enumerate(request["messages"]):
        if any("cache_control" in block for block in of_type(message, "thinking")):
            yield f"messages.{number}: cache_control cannot be set for thinking blocks"
    marked = json.dumps(request).count('"cache_control"')
    if marked > BREAKPOINTS:
        yield f"A maximum of {BREAKPOINTS} blocks with cache_control may be provided. Found {marked}."


def _thinking(request: Json, _betas: str) -> Iterator[str]:
    for number, message in enumerate(request["messages"]):
        signed = {block.get("signature") for block in of_type(message, "thinking")}
        if signed and signed != {signature(request, number)}:
            yield f"messages.{number}: thinking cannot be verified: system, tools or earlier messages changed"


def _compaction(request: Json, betas: str) -> Iterator[str]:
    used = request.get("compaction") or any(compactions(message) for message in request["messages"])
    if used and COMPACTION_BETA not in betas:
        yield f"compaction: Extra inputs are not permitted without the beta {COMPACTION_BETA}"
