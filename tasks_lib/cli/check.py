"""``tasks-md check``: everything that is wrong with a tracking file, in one pass."""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from tasks_lib.backlog import lint_backlog
from tasks_lib.cli.files import add_json, add_path, read_bytes, say, say_json, with_path, write_bytes
from tasks_lib.errors import BacklogError, Problem, Severity
from tasks_lib.planning.words import count

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning"}


def add_arguments(parser: ArgumentParser) -> None:
    """Declare what ``check`` takes."""
    add_path(parser)
    add_json(parser)
    parser.add_argument(
        "--format",
        choices=("text", "github"),
        default="text",
        help="github: annotations for GitHub and Gitea",
    )
    parser.add_argument("--fix", action="store_true", help="write the missing side of depends_on and blocks")


def run(arguments: Namespace) -> int:
    """Print the problems; 0 when the file can be run, warnings or not, else 1."""
    data = read_bytes(arguments.path)
    fixed = _fixed(data) if arguments.fix else data
    if fixed != data:
        write_bytes(arguments.path, fixed)
    problems = lint_backlog(fixed, now=datetime.now(UTC))
    errors = sum(problem.severity is Severity.ERROR for problem in problems)
    if arguments.json:
        say_json(_as_json(arguments.path, problems, ok=not errors, fixed=fixed != data))
    elif arguments.format == "github":
        say("\n".join(_annotation(arguments.path, problem) for problem in problems))
    else:
        say(_text(arguments.path, problems, errors, fixed=fixed != data))
    return 1 if errors else 0


def _fixed(data: bytes) -> bytes:
    """Return the mended file, or the same where it cannot be mended; lint tells why then."""
    from tasks_lib.backlog import fix_backlog

    try:
        return fix_backlog(data)
    except BacklogError:
        return data


def _text(path: Path, problems: Sequence[Problem], errors: int, *, fixed: bool) -> str:
    lines = [f"{path}: wrote the missing side of depends_on and blocks"] if fixed else []
    if problems:
        lines.append(with_path(path, problems))
    found = (
        f"{count(errors, 'error')}, {count(len(problems) - errors, 'warning')}" if problems else "no problems"
    )
    lines.append(f"{path}: {found}; it {'cannot' if errors else 'can'} be run")
    return "\n".join(lines)


def _as_json(path: Path, problems: Sequence[Problem], *, ok: bool, fixed: bool) -> dict[str, object]:
    return {
        "path": str(path),
        "ok": ok,
        "fixed": fixed,
        "problems": [asdict(problem) for problem in problems],
    }


def _annotation(path: Path, problem: Problem) -> str:
    """Write a workflow command; GitHub and Gitea show it beside the line."""
    place = (
        f"file={_escaped(str(path))},line={problem.line},col={problem.column},title={_escaped(problem.code)}"
    )
    text = f"{problem.message} ({problem.hint})" if problem.hint else problem.message
    return f"::{_LEVELS[problem.severity]} {place}::{_percent(text)}"


def _escaped(text: str) -> str:
    return _percent(text).replace(":", "%3A").replace(",", "%2C")


def _percent(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
