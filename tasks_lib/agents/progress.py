"""Lines of progress: what an agent does, at a glance. Pure."""

from collections.abc import Mapping
from typing import Any

LINE = 100
"""Characters of a line of progress."""

_SHOWN = ("command", "path", "file_path", "pattern", "status")


def clipped(text: str) -> str:
    """Return the first line of a text, shortened with an ellipsis."""
    line = next(iter(text.strip().splitlines()), "")
    return line if len(line) <= LINE else f"{line[: LINE - 1]}…"


def call_line(name: str, given: Mapping[str, Any]) -> str:
    """Return a call of a tool on one line: ``bash: make test``."""
    shown = [" ".join(str(given[key]).split()) for key in _SHOWN if given.get(key)]
    return clipped(f"{name}: {' '.join(shown)}")
