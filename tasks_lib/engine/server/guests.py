"""The commands that use the embedded server of one directory at the same time."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self, TextIO


class Guests:
    """One command among those that use a server; a context manager.

    Whoever uses the server holds the file ``guests`` shared; whoever comes in, or ends the server, holds
    ``door`` alone. The kernel lets go of both when a process dies.
    """

    def __init__(self, home: Path) -> None:
        self._guests = (home / "guests").open("w")
        self._door = (home / "door").open("w")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._guests.close()
        self._door.close()

    @contextmanager
    def coming_in(self) -> Iterator[bool]:
        """Be the only one at the door, and tell whether others are in; be one of them after that."""
        fcntl.flock(self._door, fcntl.LOCK_EX)
        yield not _try(self._guests)
        fcntl.flock(self._guests, fcntl.LOCK_SH)
        fcntl.flock(self._door, fcntl.LOCK_UN)

    @property
    def alone(self) -> bool:
        """Whether no other command is in, and none can come in any more."""
        if not _try(self._guests):
            return False
        if _try(self._door):
            return True
        fcntl.flock(self._guests, fcntl.LOCK_SH)
        return False

    def await_departure(self) -> None:
        """Wait until all others are gone, and hold the door."""
        while not self.alone:
            fcntl.flock(self._guests, fcntl.LOCK_EX)
            fcntl.flock(self._guests, fcntl.LOCK_SH)


def _try(file: TextIO) -> bool:
    """Take a lock alone if that can be had at once."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
