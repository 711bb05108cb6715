"""The transcript of one attempt: one JSON object a line, on the disk as soon as it happens."""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from tasks_lib.review import forms
from tasks_lib.review.secrets import SHORTEST

MASK = "[secret]"


class Transcript:
    """Writes events of one attempt. A context manager.

    Every occurrence of ``secrets`` is masked, also in base64, hex, percent-encoded and backwards.
    """

    def __init__(self, directory: Path, item: str, attempt: int, *, secrets: tuple[str, ...] = ()) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._secrets = _disguises(secrets)
        self._file = _create(directory, f"{item}.attempt-{attempt}.{_now():%Y%m%dT%H%M%SZ}")
        self.path = Path(self._file.name)

    def write(self, event: str, **values: object) -> None:
        """Append one event; ``values`` are plain JSON data."""
        record = {"time": _now().isoformat(timespec="milliseconds"), "event": event, **values}
        line = json.dumps(record, ensure_ascii=False, default=str)
        for secret in self._secrets:
            line = line.replace(secret, MASK)
        self._file.write(line + "\n")
        self._file.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self.write("error", kind=type(error).__name__, message=str(error))
        self._file.close()


def _disguises(secrets: Iterable[str]) -> tuple[str, ...]:
    """Return what is masked, the longest first: a part of a disguise must not hide the rest of it."""
    found = {_as_in_json(secret) for secret in secrets if secret}
    for secret in secrets:
        if len(secret) >= SHORTEST:
            found |= {_as_in_json(form.decode(errors="replace")) for form in forms(secret.encode())}
    return tuple(sorted(found, key=len, reverse=True))


def _as_in_json(secret: str) -> str:
    return json.dumps(secret, ensure_ascii=False)[1:-1]


def _now() -> datetime:
    return datetime.now(UTC)


def _create(directory: Path, stem: str) -> IO[str]:
    """Open a file that did not exist: two attempts in one second do not share one."""
    for name in _names(stem):
        try:
            return (directory / name).open("x", encoding="utf-8", errors="backslashreplace")
        except FileExistsError:
            continue
    raise AssertionError("names do not run out")


def _names(stem: str) -> Iterator[str]:
    yield f"{stem}.jsonl"
    number = 2
    while True:
        yield f"{stem}-{number}.jsonl"
        number += 1
