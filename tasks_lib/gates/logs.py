"""The whole output of commands, in files beside the transcripts: verdicts hold only its head and tail."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

LARGEST: Final = 50_000_000
"""Bytes of one log; what comes after them is left out."""

_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]+")


class Log:
    """Takes a command's output as it comes, up to ``LARGEST`` bytes."""

    def __init__(self, file: BinaryIO) -> None:
        self.path = Path(file.name)
        self._file = file
        self._room = LARGEST

    def hear(self, data: bytes) -> None:
        """Write the next bytes."""
        self._file.write(data[: self._room])
        if 0 < self._room < len(data):
            self._file.write(f"\n[left out after {LARGEST:,} bytes]\n".encode())
        self._room = max(0, self._room - len(data))


@contextmanager
def open_log(directory: Path, *names: str) -> Iterator[Log]:
    """Give the log of these names, ``MS-SEC-001.gate.test.1f2e3d4c5b.log``; an older one is replaced."""
    directory.mkdir(parents=True, exist_ok=True)
    name = ".".join(_UNSAFE.sub("-", name)[:60] for name in names)
    with (directory / f"{name}.log").open("wb") as file:
        yield Log(file)
