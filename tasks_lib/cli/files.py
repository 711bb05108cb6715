"""What commands share: reading and writing files, printing for people and for programs."""

import os
import re
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tasks_lib.backlog import Backlog, as_records, parse_backlog
from tasks_lib.cli.branches import configured_branches
from tasks_lib.errors import BacklogError, Problem, TasksMdError

if TYPE_CHECKING:
    from argparse import _MutuallyExclusiveGroup

DEFAULT_PATH = Path("docs/tasks.md")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class UsageError(Exception):
    """The command was called with something that it cannot use: exit code 2."""


def add_path(parser: ArgumentParser) -> None:
    """Declare the tracking file, ``docs/tasks.md`` unless another one is named."""
    parser.add_argument(
        "path", nargs="?", type=Path, default=DEFAULT_PATH, help=f"the tracking file ({DEFAULT_PATH})"
    )


def add_json(parser: "ArgumentParser | _MutuallyExclusiveGroup") -> None:
    """Declare ``--json``."""
    parser.add_argument("--json", action="store_true", help="print JSON instead of text")


def read_bytes(path: Path) -> bytes:
    """Return the file's content; raise ``UsageError`` when it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        mend = "; `tasks-md init` writes one to start from" if path == DEFAULT_PATH else ""
        raise UsageError(f"{path} cannot be read: {error.strerror or error}{mend}") from error


def load_backlog(arguments: Namespace) -> Backlog:
    """Return the parsed file; raise ``TasksMdError`` that names the file in front of every problem.

    With ``--json`` the problems are on standard output too, as ``check --json`` prints them.
    """
    path: Path = arguments.path
    data = read_bytes(path)
    try:
        return parse_backlog(data, configured_branches(path))
    except BacklogError as error:
        if getattr(arguments, "json", False):
            say_json(problems_as_json(path, error.problems, ok=False))
        raise TasksMdError("it cannot be run as it is\n" + with_path(path, error.problems)) from error


def problems_as_json(
    path: Path, problems: Sequence[Problem], *, ok: bool, fixed: bool = False
) -> dict[str, object]:
    """Return the one document in which all commands tell programs what is wrong with a file."""
    return {"path": str(path), "ok": ok, "fixed": fixed, "problems": as_records(problems, str(path))}


def with_path(path: Path | str, problems: Sequence[Problem]) -> str:
    """Return the problems one per line, as compilers write them: ``docs/tasks.md:3:1: error ...``."""
    return "\n".join(f"{path}:{problem}" for problem in problems)


def write_bytes(path: Path, data: bytes) -> None:
    """Put the content in place at once, so that nobody ever reads half of it; links are followed."""
    from tempfile import TemporaryDirectory

    target = path.resolve()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        mode = target.stat().st_mode if target.exists() else 0o666 & ~_umask()
        with TemporaryDirectory(dir=target.parent, prefix=f".{target.name}.") as directory:
            draft = Path(directory, target.name)
            draft.write_bytes(data)
            draft.chmod(mode & 0o7777)
            draft.replace(target)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror or error}") from error


def say(text: str) -> None:
    """Print text for people; what could steer a terminal is shown as a replacement character."""
    print(printable(text), flush=True)


def printable(text: str) -> str:
    """Return the text without characters that move a cursor or reverse the reading direction."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def say_json(value: object) -> None:
    """Print JSON for programs."""
    print(as_json(value), end="")


def as_json(value: object) -> str:
    """Return JSON: sorted as given, readable, one document that ends in a line break."""
    import json

    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
