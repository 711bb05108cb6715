"""Directories that do not outlive their use, nor for long the process that made them."""

import fcntl
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def locked(path: Path, flags: int = fcntl.LOCK_EX) -> Iterator[None]:
    """Hold a lock between the threads and processes of this machine; it dies with its holder.

    ``path`` is a directory, or a file that is made when missing. Raise ``BlockingIOError`` when ``flags``
    say not to wait.
    """
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, flags)
        yield
    finally:
        os.close(handle)


@contextmanager
def scratch(root: Path, prefix: str) -> Iterator[Path]:
    """Make a new directory below ``root`` and remove it afterwards; what killed processes left goes first."""
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    with locked(root):
        _sweep(root)
        directory = Path(tempfile.mkdtemp(prefix=prefix, dir=root))
        handle = os.open(directory, os.O_RDONLY)
        fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        yield directory
    finally:
        remove(directory)
        os.close(handle)


def _sweep(root: Path) -> None:
    for directory in root.iterdir():
        try:
            with locked(directory, fcntl.LOCK_EX | fcntl.LOCK_NB):
                remove(directory)
        except (BlockingIOError, FileNotFoundError):
            continue


def remove(directory: Path) -> None:
    """Remove a directory with all that is in it, also where its modes were turned against that."""
    shutil.rmtree(directory, onerror=_open_and_retry)
    if directory.exists():
        shutil.rmtree(directory)


def _open_and_retry(function: Callable[..., object], path: str, _error: object) -> None:
    """Give back the rights that removing needs: the directory's own and its parent's."""
    for place in (os.path.dirname(path), path):  # noqa: PTH120 - rmtree hands over a string
        if os.path.lexists(place) and not os.path.islink(place):  # noqa: PTH114 - ditto
            os.chmod(place, stat.S_IRWXU)  # noqa: PTH101 - ditto
    if os.path.isdir(path) and not os.path.islink(path):  # noqa: PTH112, PTH114 - ditto
        shutil.rmtree(path, ignore_errors=True)
    elif function is not os.rmdir and os.path.lexists(path):
        os.unlink(path)  # noqa: PTH108 - ditto
