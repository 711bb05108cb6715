"""The command, as people call it: a process of its own."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "mosaic" / "docs" / "tasks.md"

HEADER = (
    "| id | status | description | issue | repo | branch | depends_on | blocks | agent "
    "| started_at | completed_at | estimate | used | notes |\n" + "|---" * 14 + "|\n"
)

Call = Callable[..., subprocess.CompletedProcess[str]]


def tracking_file(*rows: tuple[str, str, str, str]) -> str:
    """Return a tracking file; a row is id, status, depends_on, notes."""
    lines = [
        f"| {name} | {status} | Do {name} | | api | | {needs} | | | | | 5K | | {notes} |\n"
        for name, status, needs, notes in rows
    ]
    return "# Work\n\n## Phase 1 - Start\n\n" + HEADER + "".join(lines)


@pytest.fixture
def call(tmp_path: Path) -> Call:
    """Run ``tasks-md`` with arguments in an empty directory."""

    def run(
        *arguments: str | Path, python: tuple[str, ...] = ("-m", "tasks_lib.cli")
    ) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, *python, *map(str, arguments)]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False)

    return run
