"""Reads a request of the Messages API: its blocks, and where in a recording it stands. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

Json: TypeAlias = Mapping[str, Any]

_ITEM = re.compile(r"^## Task Assignment: (\S+)[ \t]*$", re.MULTILINE)
_ATTEMPT = re.compile(r"^\*\*Attempt:\*\* (\d+) of \d+[ \t]*$", re.MULTILINE)
_TURNS = re.compile(r"^\[turns so far: (\d+)\]$", re.MULTILINE)
_COMMIT = re.compile(r"(?<![0-9a-zA-Z])[0-9a-f]{40}(?![0-9a-zA-Z])")
_KEPT_COMMIT = re.compile(r"^\[last commit: ([0-9a-f]{40})\]$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a conversation stands: item, attempt from 1, turn from 0, the last commit that was shown."""

    item: str
    attempt: int
    turn: int
    commit: str

    def note(self) -> str:
        """Return what a summary has to keep, so that the replay finds its way afterwards."""
        kept = [f"[turns so far: {self.turn}]"]
        return "\n".join([*kept, *([f"[last commit: {self.commit}]"] if self.commit else [])])


def place_of(request: Json) -> Place | None:
    """Return where a request stands; None when it is about no item."""
    messages: Sequence[Json] = request["messages"]
    assignment = next((text_of(message) for message in messages if message["role"] == "user"), "")
    item = _ITEM.search(assignment)
    if item is None:
        return None
    attempt = _ATTEMPT.search(assignment)
    opening = "\n".join(text_of(message) for message in messages[:2])
    before = _TURNS.search(opening)
    turns = sum(message["role"] == "assistant" and not compactions(message) for message in messages)
    return Place(
        item=item[1],
        attempt=int(attempt[1]) if attempt else 1,
        turn=turns + (int(before[1]) if before else 0),
        commit=_last_commit(messages, opening),
    )


def _last_commit(messages: Sequence[Json], opening: str) -> str:
    shown = [
        sha for message in messages for block in results(message) for sha in _COMMIT.findall(_flat(block))
    ]
    kept = _KEPT_COMMIT.findall(opening)
    return str([*kept, *shown][-1]) if kept or shown else ""


def blocks(message: Json) -> list[Json]:
    """Return a message's content as blocks."""
    content = message.get("content", "")
    return [{"type": "text", "text": content}] if isinstance(content, str) else list(content)


def of_type(message: Json, kind: str) -> Iterator[Json]:
    """Yield the blocks of one type."""
    return (block for block in blocks(message) if block.get("type") == kind)


def results(message: Json) -> list[Json]:
    """Return the tool results of a message."""
    return list(of_type(message, "tool_result"))


def compactions(message: Json) -> list[Json]:
    """Return the compaction blocks of a message."""
    return list(of_type(message, "compaction"))


def text_of(message: Json) -> str:
    """Return the text of a message, summaries of compactions included."""
    parts = [
        block.get("text") or block.get("content") for block in blocks(message) if "tool" not in block["type"]
    ]
    return "\n".join(part for part in parts if isinstance(part, str))


def _flat(block: Json) -> str:
    content = block.get("content") or ""
    return content if isinstance(content, str) else "\n".join(str(part.get("text", "")) for part in content)


def unmarked(value: Any) -> Any:  # noqa: ANN401  any JSON goes in, the same comes out
    """Return JSON data without the marks of the prompt cache, the only thing that may change."""
    if isinstance(value, Mapping):
        return {key: unmarked(part) for key, part in value.items() if key != "cache_control"}
    return [unmarked(part) for part in value] if isinstance(value, list) else value
