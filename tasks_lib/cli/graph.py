"""``tasks-md graph``: the dependencies as a picture."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from tasks_lib.backlog import Backlog
from tasks_lib.cli.files import add_json, add_path, as_json, load_backlog, say, write_bytes

FORMATS = ("mermaid", "dot", "svg")


def add_arguments(parser: ArgumentParser) -> None:
    """Declare what ``graph`` takes."""
    add_path(parser)
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--format", choices=FORMATS, default="mermaid", help="what to write (mermaid)")
    add_json(form)
    parser.add_argument("--output", "-o", type=Path, help="the file to write instead of printing")


def run(arguments: Namespace) -> int:
    """Print or write the picture, or what is in it: an edge goes from an item to one that waits for it."""
    backlog = load_backlog(arguments)
    text = as_json(_as_json(backlog)) if arguments.json else _draw(backlog, arguments.format)
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


def _as_json(backlog: Backlog) -> dict[str, object]:
    from tasks_lib.planning.graph import edges
    from tasks_lib.planning.plan import make_plan

    return {
        "nodes": [
            {
                "id": item.id,
                "phase": item.phase,
                "status": item.status.value,
                "description": item.description,
                "estimate": item.estimate,
            }
            for item in backlog
        ],
        "edges": [{"from": one, "to": other} for one, other in edges(backlog)],
        "critical_path": make_plan(backlog).critical_path,
    }
