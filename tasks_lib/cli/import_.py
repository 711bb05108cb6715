"""``tasks-md import``: a tracking file from another tracker's files."""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

from tasks_lib.backlog import lint_backlog
from tasks_lib.backlog.model import ItemId
from tasks_lib.cli.files import UsageError, printable, read_bytes, say, with_path, write_bytes
from tasks_lib.errors import BacklogError, Severity, TasksMdError
from tasks_lib.planning.words import count

FORMATS = {
    "checkbox": ("tasks_lib.importers.checkbox", ("*.md",)),
    "task-master": ("tasks_lib.importers.task_master", ("tasks.json", "tasks/tasks.json")),
    "backlog-md": ("tasks_lib.importers.backlog_md", ("*.md", "tasks/*.md", "completed/*.md")),
    "beads": ("tasks_lib.importers.beads", ("*.jsonl",)),
}
"""Each format's module, and what is read where the path is a directory."""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare what ``import`` takes."""
    parser.add_argument("format", choices=tuple(FORMATS), help="whose files they are")
    parser.add_argument("path", type=Path, help="the file, or the directory that holds the files")
    parser.add_argument("--output", "-o", type=Path, help="the tracking file to write instead of printing it")
    parser.add_argument("--prefix", default="", help="number the items anew: MS-SEC gives MS-SEC-001 ...")
    parser.add_argument("--force", action="store_true", help="replace the output file when it exists")


def run(arguments: Namespace) -> int:
    """Write the tracking file and say what is lost; 1 when the result cannot be run as it is."""
    from tasks_lib.importers.write import tracking_file

    output = arguments.output
    if output and output.exists() and not arguments.force:
        raise UsageError(f"{output} exists already; --force replaces it")
    if arguments.prefix and not ItemId.matches(f"{arguments.prefix}-001"):
        raise UsageError(f"{arguments.prefix!r} is no prefix: write one like MS or MS-SEC")
    module, patterns = FORMATS[arguments.format]
    files = _texts(arguments.path, patterns)
    try:
        imported = import_module(module).read(files)
    except BacklogError as error:
        raise TasksMdError(with_path(arguments.path, error.problems)) from error
    if not imported.drafts:
        raise TasksMdError(f"no items in {arguments.path}; is it of the format {arguments.format}?")
    written = tracking_file(imported, source=arguments.path.name, prefix=arguments.prefix)
    if output:
        write_bytes(output, written.text.encode("utf-8"))
        say(f"{output}: {count(written.items, 'item')}")
    else:
        say(written.text.removesuffix("\n"))
    for loss in written.losses:
        print(printable(f"not carried over: {loss}"), file=sys.stderr)
    return _check(output or Path("<output>"), written.text)


def _texts(path: Path, patterns: tuple[str, ...]) -> Mapping[str, str]:
    """Return the files' texts by name; what is not UTF-8 is no file of these formats."""
    if path.is_dir():
        paths = sorted({found for pattern in patterns for found in path.glob(pattern) if found.is_file()})
    else:
        paths = [path]
    return {str(each): _text(each) for each in paths}


def _text(path: Path) -> str:
    try:
        return read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8: {error.reason} at offset {error.start}") from error


def _check(path: Path, text: str) -> int:
    problems = lint_backlog(text.encode("utf-8"))
    errors = [problem for problem in problems if problem.severity is Severity.ERROR]
    if errors:
        print(printable(with_path(path, errors)), file=sys.stderr)
    return 1 if errors else 0
