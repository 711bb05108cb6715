"""Clean places for commands: a checkout of one commit and a HOME, for one command each."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tasks_lib.errors import WorkspaceError

Checkout = Callable[[str], AbstractContextManager[Path]]
"""Gives a directory with the files of one commit, for as long as its context lasts."""

Scratch = Callable[[], AbstractContextManager[Path]]
"""Gives an empty directory, for as long as its context lasts."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a command runs: ``files`` is the checkout, ``home`` what it has as HOME."""

    files: Path
    home: Path


@dataclass(frozen=True, slots=True)
class Places:
    """Makes places; what one command leaves in its own, the next one never sees."""

    checkout: Checkout
    scratch: Scratch

    @contextmanager
    def fresh(self, commit: str) -> Iterator[Place]:
        """Give a place with the files of a commit and an empty HOME."""
        with self.checkout(commit) as files, self.scratch() as home:
            yield Place(files, home)

    @contextmanager
    def copy(self, place: Place) -> Iterator[Place]:
        """Give a copy of a place."""
        with self.scratch() as files, self.scratch() as home:
            copy(place.files, files)
            copy(place.home, home)
            yield Place(files, home)


def copy(source: Path, target: Path) -> None:
    """Copy what is in a directory into another: links as links, no bytes where the disk can share them."""
    done = subprocess.run(
        # Removed first: what a command left there may be a link to elsewhere.
        ["cp", "--archive", "--reflink=auto", "--remove-destination", "--", f"{source}/.", str(target)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        raise WorkspaceError(f"a prepared checkout cannot be copied: {done.stderr.strip()[:500]}")
