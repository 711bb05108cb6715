"""Free space and free files that commands leave: one that eats into them is ended."""

import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

Guard = Callable[[], str]
"""Tells why a command has to end now; empty: it may go on."""


@dataclass(frozen=True, slots=True)
class Free:
    """What is left to users on a file system: bytes, and files that can still be made."""

    size: int
    files: int

    @classmethod
    def on(cls, path: Path) -> "Free":
        """Return what is left on the file system of a path; where files are not counted they have no end."""
        state = os.statvfs(path)
        return cls(state.f_bavail * state.f_frsize, state.f_favail if state.f_files else sys.maxsize)


@dataclass(frozen=True, slots=True)
class Reserve:
    """Bytes and files that stay free on every file system that a command can write to."""

    size: int = 1 << 30
    files: int = 10_000
    free: Callable[[Path], Free] = Free.on

    def guard(self, places: Iterable[Path]) -> Guard:
        """Return the guard of one command that can write to these places.

        Where less is free already, a command may run as long as it takes nothing more, so that it can delete.
        """
        floors = {place: self._floor(self.free(place)) for place in places}

        def look() -> str:
            found = (self._short(self.free(place), floor) for place, floor in floors.items())
            return next(filter(None, found), "")

        return look

    def _floor(self, free: Free) -> Free:
        return Free(min(self.size, free.size), min(self.files, free.files))

    def _short(self, free: Free, floor: Free) -> str:
        if free.size < floor.size:
            return f"disk nearly full, {self.size >> 20} MiB must stay free"
        if free.files < floor.files:
            return f"disk nearly out of files, {self.files:,} must stay free"
        return ""
