"""A message of the API as the events of a stream. Pure."""

import json
from collections.abc import Iterator
from typing import Any

from tasks_lib.agents.replay.answers import Reply
from tasks_lib.agents.replay.messages import Json

PIECE = 200
"""Characters of one delta."""


def whole(reply: Reply, model: str) -> dict[str, Any]:
    """Return the message as it is answered without streaming."""
    return {
        "id": reply.id,
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": reply.content,
        "stop_reason": reply.stop_reason,
        "stop_sequence": None,
        "usage": {**_prompt_usage(reply), **_final_usage(reply)},
    }


def stream(reply: Reply, model: str) -> Iterator[bytes]:
    """Yield the message as server-sent events."""
    opening = {**whole(reply, model), "content": [], "stop_reason": None, "usage": _prompt_usage(reply)}
    yield event("message_start", message=opening)
    yield event("ping")
    for index, block in enumerate(reply.content):
        empty, deltas = _split(block)
        yield event("content_block_start", index=index, content_block=empty)
        for delta in deltas:
            yield event("content_block_delta", index=index, delta=delta)
        yield event("content_block_stop", index=index)
    delta = {"stop_reason": reply.stop_reason, "stop_sequence": None}
    yield event("message_delta", delta=delta, usage=_final_usage(reply))
    yield event("message_stop")


def event(kind: str, **values: object) -> bytes:
    """Return one server-sent event."""
    data = json.dumps({"type": kind, **values}, ensure_ascii=False)
    return f"event: {kind}\ndata: {data}\n\n".encode()


def error_body(kind: str, message: str) -> dict[str, Any]:
    """Return the body of an error, which is also the data of an error event."""
    return {"type": "error", "error": {"type": kind, "message": message}}


def _prompt_usage(reply: Reply) -> dict[str, Any]:
    usage = reply.usage
    if reply.is_compaction:
        return {"input_tokens": 0, "output_tokens": 0}
    return {
        "input_tokens": usage.input,
        "cache_creation_input_tokens": usage.cache_write,
        "cache_read_input_tokens": usage.cache_read,
        "output_tokens": 1,
    }


def _final_usage(reply: Reply) -> dict[str, Any]:
    usage = reply.usage
    if not reply.is_compaction:
        return {"output_tokens": usage.output}
    iteration = {
        "type": "compaction",
        "input_tokens": usage.input,
        "cache_creation_input_tokens": usage.cache_write,
        "cache_read_input_tokens": usage.cache_read,
        "output_tokens": usage.output,
    }
    return {"output_tokens": 0, "iterations": [iteration]}


def _split(block: Json) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return a block as it is announced, and the deltas that fill it."""
    match block["type"]:
        case "text":
            return {**block, "text": ""}, [
                {"type": "text_delta", "text": part} for part in _parts(block["text"])
            ]
        case "thinking":
            deltas = [{"type": "thinking_delta", "thinking": part} for part in _parts(block["thinking"])]
            sign = {"type": "signature_delta", "signature": block["signature"]}
            return {**block, "thinking": "", "signature": ""}, [*deltas, sign]
        case "compaction":
            return {**block, "content": None}, [{"type": "compaction_delta", "content": block["content"]}]
    pieces = _parts(json.dumps(block["input"], ensure_ascii=False))
    return {**block, "input": {}}, [{"type": "input_json_delta", "partial_json": part} for part in pieces]


def _parts(text: str) -> list[str]:
    return [text[start : start + PIECE] for start in range(0, len(text), PIECE)]
