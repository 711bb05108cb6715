"""``tasks-md graph``: the dependencies as a picture."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from tasks_lib.backlog import Backlog
from tasks_lib.cli.files import add_path, load_backlog, say, write_bytes

FORMATS = ("mermaid", "dot", "svg")


def add_arguments(parser: ArgumentParser) -> None:
    """Declare what ``graph`` takes."""
    add_path(parser)
    parser.add_argument("--format", choices=FORMATS, default="mermaid", help="what to write (mermaid)")
    parser.add_argument("--output", "-o", type=Path, help="the file to write instead of printing")


def run(arguments: Namespace) -> int:
    """Print or write the picture."""
    text = _draw(load_backlog(arguments.path), arguments.format)
    if arguments.output:
        write_bytes(arguments.output, text.encode("utf-8"))
    else:
        say(text.removesuffix("\n"))
    return 0


def _draw(backlog: Backlog, kind: str) -> str:
    from tasks_lib.planning.graph import dot, mermaid
    from tasks_lib.planning.plan import make_plan
    from tasks_lib.planning.svg import svg

    if kind == "svg":
        return svg(backlog, make_plan(backlog).critical_path)
    return mermaid(backlog) if kind == "mermaid" else dot(backlog)
