"""``tasks-md check``: everything that is wrong with a tracking file, in one pass."""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from datetime import UTC, datetime

from tasks_lib.backlog import lint_backlog
from tasks_lib.backlog.report import as_annotations, as_text
from tasks_lib.cli.branches import configured_branches
from tasks_lib.cli.files import (
    add_json,
    add_path,
    problems_as_json,
    read_bytes,
    say,
    say_json,
    write_bytes,
)
from tasks_lib.errors import BacklogError, Problem, Severity


def add_arguments(parser: ArgumentParser) -> None:
    """Declare what ``check`` takes."""
    add_path(parser)
    form = parser.add_mutually_exclusive_group()
    add_json(form)
    form.add_argument(
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
    problems = lint_backlog(fixed, now=datetime.now(UTC), branches=configured_branches(arguments.path))
    ok = all(problem.severity is not Severity.ERROR for problem in problems)
    _print(arguments, problems, ok=ok, fixed=fixed != data)
    return 0 if ok else 1


def _fixed(data: bytes) -> bytes:
    """Return the mended file, or the same where it cannot be mended; lint tells why then."""
    from tasks_lib.backlog.fix import fix_backlog

    try:
        return fix_backlog(data)
    except BacklogError:
        return data


def _print(arguments: Namespace, problems: Sequence[Problem], *, ok: bool, fixed: bool) -> None:
    path = str(arguments.path)
    if arguments.json:
        say_json(problems_as_json(arguments.path, problems, ok=ok, fixed=fixed))
    elif arguments.format == "github":
        say(as_annotations(problems, path))
    else:
        wrote = f"{path}: wrote the missing side of depends_on and blocks\n" if fixed else ""
        say(f"{wrote}{as_text(problems, path)}; it {'can' if ok else 'cannot'} be run")
