"""Free space that commands leave: one that eats into it is ended."""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

Guard = Callable[[], str]
"""Tells why a command has to end now; empty: it may go on."""


def free_bytes(path: Path) -> int:
    """Return the bytes that are left to users on the file system of a path."""
    state = os.statvfs(path)
    return state.f_bavail * state.f_frsize


@dataclass(frozen=True, slots=True)
class Reserve:
    """Bytes that stay free on every file system that a command can write to."""

    size: int = 1 << 30
    free: Callable[[Path], int] = free_bytes

    def guard(self, places: Iterable[Path]) -> Guard:
        """Return the guard of one command that can write to these places.

        Where less is free already, a command may run as long as it takes nothing more, so that it can delete.
        """
        floors = {place: min(self.size, self.free(place)) for place in places}

        def look() -> str:
            short = any(self.free(place) < floor for place, floor in floors.items())
            return f"disk nearly full, {self.size >> 20} MiB must stay free" if short else ""

        return look
