"""``tasks-md merge-driver``: what git calls to merge two versions of a tracking file.

Set-up, once per clone and once per repository::

    git config merge.tasks-md.driver 'tasks-md merge-driver %O %A %B'
    echo 'docs/tasks.md merge=tasks-md' >> .gitattributes
"""

import subprocess
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from tasks_lib.cli.files import UsageError, read_bytes, write_bytes
from tasks_lib.errors import BacklogError, CellConflict


def add_arguments(parser: ArgumentParser) -> None:
    """Declare what git hands over: three files; the second one receives the result."""
    parser.add_argument("base", type=Path, help="%%O: the version that both sides come from")
    parser.add_argument("ours", type=Path, help="%%A: our version; the result is written here")
    parser.add_argument("theirs", type=Path, help="%%B: their version")


def run(arguments: Namespace) -> int:
    """Merge; 0 when everything merged, 1 when git has to ask a person."""
    from tasks_lib.backlog.merge import merge_backlogs

    base, ours, theirs = arguments.base, arguments.ours, arguments.theirs
    try:
        merged = merge_backlogs(read_bytes(base), read_bytes(ours), read_bytes(theirs))
    except (CellConflict, BacklogError) as error:
        print(f"tasks-md merge-driver: {error}", file=sys.stderr)
        return _mark_conflicts(base, ours, theirs)
    write_bytes(ours, merged)
    return 0


def _mark_conflicts(base: Path, ours: Path, theirs: Path) -> int:
    """Let git merge by lines: both values stay in the file, between conflict markers, for a person to choose.

    When the lines merge although the cells do not, the answer is a conflict all the same.
    """
    labels = ("-L", "ours", "-L", "base", "-L", "theirs")
    try:
        subprocess.run(["git", "merge-file", *labels, ours, base, theirs], check=False)
    except OSError as error:
        raise UsageError(f"git cannot be called: {error.strerror}") from error
    return 1
