"""The checkout's files as the editor sees them: confined, byte-exact, replaced in one step."""

import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from tasks_lib.agents.tools.answer import ToolError

FILE_LIMIT = 10_000_000
"""Bytes of a file that the editor opens."""


@dataclass(frozen=True, slots=True)
class Checkout:
    """A directory that paths cannot leave.

    ``seen_at`` is where commands see it, so that the paths they print can be used; ``protected`` are files
    in it that must not be written, relative to it.
    """

    root: Path
    seen_at: Path | None = None
    protected: frozenset[str] = frozenset()

    def locate(self, path: str) -> Path:
        """Return the real place of a path; raise ``ToolError`` when it lies outside or in ``.git``."""
        if "\0" in path or not path:
            raise ToolError("`path` must be the path of a file")
        root = self.root.resolve()
        try:
            real = (root / self._relative(path)).resolve()
        except (OSError, RuntimeError) as error:
            raise ToolError(f"{path} cannot be followed: {error}") from error
        if real != root and root not in real.parents:
            raise ToolError(f"{path} leads out of the checkout; paths are relative to the checkout's root")
        if any(part.lower() == ".git" for part in real.relative_to(root).parts):
            raise ToolError(f"{path} belongs to git; use git commands for it")
        return real

    def _relative(self, path: str) -> PurePosixPath:
        pure = PurePosixPath(path)
        for root in filter(None, (self.seen_at, self.root, self.root.resolve())):
            if pure.is_relative_to(root):
                return pure.relative_to(root)
        if pure.is_absolute():
            raise ToolError(f"{path} is outside of the checkout; paths are relative to the checkout's root")
        return pure

    def read(self, path: str) -> bytes:
        """Return the bytes of a regular file; raise ``ToolError`` or ``OSError``."""
        with open(_regular(self.locate(path)), "rb") as file:
            data = file.read(FILE_LIMIT + 1)
        if len(data) > FILE_LIMIT:
            raise ToolError(f"{path} is larger than {FILE_LIMIT:,} bytes; use bash for it")
        return data

    def write(self, path: str, data: bytes) -> None:
        """Give a file these bytes in one step, keeping its mode; make its directories.

        Raise ``ToolError`` when it must not be written, ``OSError`` when it cannot be.
        """
        real = self.locate(path)
        name = real.relative_to(self.root.resolve()).as_posix()
        if name in self.protected:
            raise ToolError(f"{name} is written by the orchestrator only; leave it as it is")
        if real.exists() and not real.is_file():
            raise ToolError(f"{path} is not a regular file")
        _make(real.parent)
        _replace(real, data)


def _regular(path: Path) -> int:
    """Open without waiting at a pipe and without following a link that came in between."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(0, "it is not a regular file")
    return descriptor


def _make(directory: Path) -> None:
    if not directory.is_dir():
        _make(directory.parent)
        directory.mkdir()
        _hand_over(directory, directory.parent)


def _hand_over(made: Path | int, parent: Path) -> None:
    """Give what root made to whom its directory belongs: the user that the agent's commands are."""
    if os.geteuid() == 0:
        owner = parent.stat()
        os.chown(made, owner.st_uid, owner.st_gid)


def _replace(real: Path, data: bytes) -> None:
    beside = real.with_name(f".{secrets.token_hex(8)}.tmp")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o666)
    try:
        with open(descriptor, "wb") as file:  # noqa: PTH123  Path.open takes no descriptor
            file.write(data)
            _hand_over(file.fileno(), real.parent)
        if real.exists():
            beside.chmod(stat.S_IMODE(real.stat().st_mode))
        beside.replace(real)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
