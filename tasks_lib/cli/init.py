"""``tasks-md init``: a commented tracking file and configuration to start from."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from tasks_lib.cli.files import UsageError, say, write_bytes

STARTERS = {"tasks.md": Path("docs/tasks.md"), "tasks-md.toml": Path("tasks-md.toml")}
"""Each template, and where it goes below the directory."""

_TEMPLATES = Path(__file__).parent / "templates"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare what ``init`` takes."""
    parser.add_argument(
        "directory", nargs="?", type=Path, default=Path(), help="the checkout to start in (.)"
    )
    parser.add_argument("--force", action="store_true", help="replace files that are there")


def run(arguments: Namespace) -> int:
    """Write both files; neither when one of them is there already."""
    targets = {name: arguments.directory / place for name, place in STARTERS.items()}
    there = [str(target) for target in targets.values() if target.exists()]
    if there and not arguments.force:
        raise UsageError(f"{' and '.join(there)} exist already; --force replaces what is there")
    for name, target in targets.items():
        write_bytes(target, (_TEMPLATES / name).read_bytes())
        say(f"wrote {target}")
    say("Next: write your items into the table, then: tasks-md check")
    return 0
