"""Recordings: the turns of a model on one item, one TOML file per item."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tasks_lib.errors import ConfigError

StopReason: TypeAlias = Literal["end_turn", "tool_use", "max_tokens", "pause_turn", "refusal"]


class NotRecorded(ValueError):
    """The recordings have no answer to a request; the message says what they have."""


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RecordedCall(_Model):
    """A tool call."""

    name: str = Field(min_length=1)
    input: dict[str, Any] = Field(default_factory=dict)


class Fault(_Model):
    """How one request for a turn fails, for tests; each fault is used once, in order, before the turn."""

    status: int | None = Field(None, ge=400, le=599, description="Answer with this status")
    retry_after: float | None = Field(None, ge=0, description="Seconds in the header Retry-After")
    message: str = Field("recorded fault", description="What an answer with a status says")
    resets: float | None = Field(
        None, description="Seconds until the limit of tokens resets, in headers of its own"
    )
    event: str = Field("", description="Begin the answer, then send an error event of this type")
    cut: Literal["", "chunked", "silent", "reset"] = Field(
        "",
        description="Break the answer off: noticeably (chunked), not so (silent), or by a reset",
    )
    endless: bool = Field(
        default=False, description="Begin the answer, then only pings until the client leaves"
    )
    html: bool = Field(default=False, description="Answer with a web page and status 200")


class RecordedTurn(_Model):
    """What the model says at once: thinking, text, calls."""

    text: str = ""
    thinking: str = ""
    calls: tuple[RecordedCall, ...] = ()
    stop_reason: StopReason | None = Field(None, description="By default tool_use with calls, else end_turn")
    faults: tuple[Fault, ...] = ()

    @property
    def ending(self) -> StopReason:
        """Why the model stops after this turn."""
        return self.stop_reason or ("tool_use" if self.calls else "end_turn")


class RecordedAttempt(_Model):
    """The turns of one attempt."""

    turns: tuple[RecordedTurn, ...] = Field(min_length=1)


class Recording(_Model):
    """All recorded attempts on one item."""

    item: str = Field(min_length=1)
    attempts: tuple[RecordedAttempt, ...] = Field(min_length=1)
    compaction: Literal["served", "refused"] = Field("served", description="What a request to compact gets")

    def turn(self, attempt: int, place: int) -> RecordedTurn | None:
        """Return a turn by its place from 0; None when there are fewer.

        Attempts count from 1; beyond the last recorded one, that one is played again.
        """
        turns = self.attempts[min(attempt, len(self.attempts)) - 1].turns
        return turns[place] if place < len(turns) else None


def load_recordings(directories: Sequence[Path]) -> Mapping[str, Recording]:
    """Read all recordings, by item; the first directory that has an item wins.

    Raise ``ConfigError`` with every mistake in them, by file and key.
    """
    loaded: dict[str, Recording] = {}
    mistakes: list[str] = []
    for directory in directories:
        found = _load_directory(directory, mistakes)
        loaded = {**found, **loaded}
    if mistakes:
        raise ConfigError("\n".join(mistakes))
    return loaded


def _load_directory(directory: Path, mistakes: list[str]) -> dict[str, Recording]:
    if not directory.is_dir():
        mistakes.append(f"{directory}: is not a directory of recordings")
        return {}
    found: dict[str, Recording] = {}
    for path in sorted(directory.glob("*.toml")):
        recording = _load(path, mistakes)
        if recording and recording.item in found:
            mistakes.append(f"{path}: item: {recording.item} is recorded twice in this directory")
        elif recording:
            found[recording.item] = recording
    return found


def _load(path: Path, mistakes: list[str]) -> Recording | None:
    try:
        return Recording.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError) as error:
        mistakes.append(f"{path}: cannot be read: {error}")
    except tomllib.TOMLDecodeError as error:
        mistakes.append(f"{path}: not TOML: {error}")
    except ValidationError as error:
        mistakes += [f"{path}: {_key(problem['loc'])}: {problem['msg']}" for problem in error.errors()]
    return None


def _key(location: tuple[int | str, ...]) -> str:
    """Return ``attempts[1].turns[3].calls``, counted from 1 as people do."""
    parts = [f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in location]
    return "".join(parts).lstrip(".") or "the file"
