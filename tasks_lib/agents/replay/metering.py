"""Meters a request as the service would, from the request alone: deterministic, plausible, no more. Pure."""

import json
from dataclasses import dataclass

from tasks_lib.agents.replay.messages import Json, blocks, unmarked

CHARACTERS_PER_TOKEN = 4
LOOK_BACK = 20
"""So many blocks before a mark the cache is looked for."""


@dataclass(frozen=True, slots=True)
class _Piece:
    tokens: int
    marked: bool


def tokens_in(value: object) -> int:
    """Return an estimate of the tokens in JSON data, at least 1."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return max(1, -(-len(text) // CHARACTERS_PER_TOKEN))


def meter(request: Json) -> tuple[int, int, int]:
    """Return the tokens of a prompt: fresh, written to the cache, read from it.

    The request before this one is taken to have cached everything up to its own end; that is found again
    where a mark stands there or at most 20 blocks behind. Else the system prompt is, from the second turn on.
    """
    pieces, system_end, previous_end = _pieces(request)
    marks = [place for place, piece in enumerate(pieces) if piece.marked]
    if not marks:
        return sum(piece.tokens for piece in pieces), 0, 0
    read_to = _read_to(marks, system_end, previous_end)
    read = sum(piece.tokens for piece in pieces[: read_to + 1])
    written = sum(piece.tokens for piece in pieces[read_to + 1 : marks[-1] + 1])
    fresh = sum(piece.tokens for piece in pieces[marks[-1] + 1 :])
    return fresh, written, read


def _read_to(marks: list[int], system_end: int, previous_end: int) -> int:
    """Return the last piece that the cache holds; -1 on the first turn, when it holds nothing."""
    if previous_end < 0:
        return -1
    if any(mark - LOOK_BACK <= previous_end <= mark for mark in marks):
        return previous_end
    return system_end if system_end in marks else -1


def _pieces(request: Json) -> tuple[list[_Piece], int, int]:
    """Return the prompt in pieces, where its system part ends, and where the request before ended (or -1)."""
    system = request.get("system") or []
    parts = [{"tools": request.get("tools")}, *([{"text": system}] if isinstance(system, str) else system)]
    system_end = len(parts) - 1
    previous_end = -1
    messages = request["messages"]
    for number, message in enumerate(messages):
        if number and message["role"] == "assistant":
            previous_end = len(parts) - 1
        parts += blocks(message)
    pieces = [_Piece(tokens_in(unmarked(part)), "cache_control" in part) for part in parts]
    if request.get("cache_control"):
        pieces[-1] = _Piece(pieces[-1].tokens, marked=True)
    return pieces, system_end, previous_end
