"""Directories that do not outlive their use, nor for long the process that made them."""

import fcntl
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

_FILE = os.O_RDWR | os.O_CREAT
_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW


@contextmanager
def locked(path: Path, opening: int = _FILE, waiting: int = 0) -> Iterator[None]:
    """Hold a lock between the threads and processes of this machine; it dies with its holder.

    ``path`` is a file that is made when missing. With ``waiting=fcntl.LOCK_NB`` raise ``BlockingIOError``
    instead of waiting for another holder.
    """
    handle = os.open(path, opening, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | waiting)
        yield
    finally:
        os.close(handle)


@contextmanager
def scratch(root: Path, prefix: str) -> Iterator[Path]:
    """Make a new directory below ``root`` and remove it afterwards; what killed processes left goes first."""
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    with ExitStack() as stack:
        with locked(root, _DIRECTORY):
            _sweep(root)
            directory = Path(tempfile.mkdtemp(prefix=prefix, dir=root))
            stack.enter_context(locked(directory, _DIRECTORY))
            stack.callback(_discard, directory)
        yield directory


def _sweep(root: Path) -> None:
    for directory in root.iterdir():
        # In use, gone by itself, nothing that we make, or closed to us: none of it stops the next one.
        with suppress(OSError), locked(directory, _DIRECTORY, fcntl.LOCK_NB):
            remove(directory)


def _discard(directory: Path) -> None:
    """Remove a directory; one that a left-over process still writes to waits for the next sweep."""
    with suppress(OSError):
        remove(directory)


def remove(directory: Path) -> None:
    """Remove a directory with all that is in it, also where its modes were turned against that."""
    directory.chmod(stat.S_IRWXU)
    for parent, children, _files in os.walk(directory):
        for child in (Path(parent, name) for name in children):
            # From the top down, so that each directory can be read when its turn comes.
            if not child.is_symlink():
                child.chmod(stat.S_IRWXU)
    shutil.rmtree(directory)
