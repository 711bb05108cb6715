"""How a gate's command is made to report its tests, at a place that the checkout does not know of."""

import os
import secrets
import shlex
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tasks_lib.config import GateConfig
from tasks_lib.gates.places import Place
from tasks_lib.gates.reports import LARGEST, Reported, read_reports

VARIABLE: Final = "TASKS_MD_REPORT"
"""The variable in which a command finds where its report belongs."""

_OPTIONS: Final = {
    "vitest": f' --reporter=default --reporter=junit --outputFile.junit="${VARIABLE}"',
    "jest": f' --json --outputFile="${VARIABLE}"',
}


@dataclass(frozen=True, slots=True)
class Reporting:
    """Where one run of a gate reports: a file of a random name in its HOME, or the runner's own files."""

    gate: GateConfig
    place: Place
    directory: str
    name: str
    home: Path

    @classmethod
    def of(cls, gate: GateConfig, place: Place, directory: str, home: Path | None) -> "Reporting":
        """Choose the file, and remove what a commit may have put where the runner's own ones belong.

        ``home`` is where the command sees the place's HOME; None for its own path.
        """
        reporting = cls(gate, place, directory, f".report-{secrets.token_hex(16)}", home or place.home)
        for file in reporting._own_files():
            file.unlink()
        return reporting

    @property
    def command(self) -> str:
        """The gate's command, told to report."""
        kind = self.gate.tests
        if not kind:
            return self.gate.command
        place = f"export {VARIABLE}={shlex.quote(str(self.home / self.name))}; "
        if kind == "pytest":
            place += f"export PYTEST_ADDOPTS=\"$PYTEST_ADDOPTS --junitxml='${VARIABLE}'\"; "
        return place + self.gate.command.rstrip() + _OPTIONS.get(kind, "")

    def read(self, root: Path) -> Reported | None:
        """Return what was reported; None for a gate that is not asked for its tests.

        ``root`` is where the command saw its checkout, which differs from run to run.
        """
        if not self.gate.tests:
            return None
        files = list(self._own_files()) if self.gate.report else [self.place.home / self.name]
        texts = [text for file in files if (text := _text(file)) is not None]
        if not texts:
            return Reported(fault="it left no report of its tests")
        return read_reports((text.replace(f"{root}/".encode(), b"") for text in texts), self.gate.tests)

    def _own_files(self) -> Iterator[Path]:
        """Give the runner's own reports; what links lead to outside of the checkout is none."""
        if not self.gate.report:
            return
        root = self.place.files.resolve()
        for file in sorted((root / self.directory).glob(self.gate.report)):
            if file.parent.resolve().is_relative_to(root) and (file.is_symlink() or not file.is_dir()):
                yield file


def _text(path: Path) -> bytes | None:
    """Read a regular file that somebody else wrote, not through a link and not waiting for a pipe."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    with os.fdopen(handle, "rb") as file:
        return file.read(LARGEST + 1) if stat.S_ISREG(os.fstat(handle).st_mode) else None
