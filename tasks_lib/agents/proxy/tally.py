"""Reads the figures of the service from an answer while it passes. Pure."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

_TELLING = (b'"message_start"', b'"message_delta"')


@dataclass(frozen=True, slots=True)
class Metered:
    """The figures of one request, under the names of the Messages API."""

    input_tokens: int = 0
    cache_creation_input_tokens: int = 0
    cache_read_input_tokens: int = 0
    output_tokens: int = 0

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> "Metered":
        """Return the figures among all that the service tells."""
        return cls(**{name: int(told.get(name) or 0) for name in cls.__slots__})


@dataclass(frozen=True, slots=True)
class Figures:
    """What a request was metered at; compactions are told apart, outside of its own sums."""

    request: Metered
    compactions: tuple[Metered, ...] = ()


@dataclass(slots=True)
class Tally:
    """Takes an answer in pieces of any size; ``streamed`` says whether it comes as server-sent events."""

    streamed: bool
    _rest: bytearray = field(default_factory=bytearray)
    _told: dict[str, Any] = field(default_factory=dict)

    def feed(self, piece: bytes) -> None:
        """Take the next piece."""
        self._rest += piece
        if self.streamed and b"\n" in piece:
            *lines, rest = bytes(self._rest).split(b"\n")
            self._rest = bytearray(rest)
            for line in lines:
                self._read(line)

    def figures(self) -> Figures | None:
        """Return what was told so far, also of an answer that broke off; None when nothing was."""
        if not self.streamed:
            self._take(json_object(bytes(self._rest)).get("usage"))
        if not self._told:
            return None
        return Figures(Metered.of(self._told), tuple(_compactions(self._told)))

    def _read(self, line: bytes) -> None:
        if line.startswith(b"data:") and any(word in line for word in _TELLING):
            event = json_object(line.removeprefix(b"data:"))
            self._take(event.get("usage"))
            self._take((event.get("message") or {}).get("usage"))

    def _take(self, told: object) -> None:
        """Keep the newest word on each figure: those of the end count from the beginning."""
        if isinstance(told, dict):
            self._told |= {name: value for name, value in told.items() if value is not None}


def _compactions(told: Mapping[str, Any]) -> Iterator[Metered]:
    for iteration in told.get("iterations") or ():
        if iteration.get("type") == "compaction":
            yield Metered.of(iteration)


def json_object(text: bytes) -> dict[str, Any]:
    """Return the JSON object in a text, an empty one where there is none."""
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
