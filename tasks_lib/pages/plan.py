"""The plan: the graph of all items, and the waves in which they would go."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from tasks_lib.backlog.model import Backlog
from tasks_lib.pages import keys
from tasks_lib.pages.links import Links
from tasks_lib.pages.markdown import code, page, section
from tasks_lib.pages.progress import contents, counts
from tasks_lib.planning.graph import edges, mermaid
from tasks_lib.planning.plan import make_plan

LONGEST: Final = 45_000
"""Characters of a graph; Mermaid draws none above 50,000."""
MOST_EDGES: Final = 500
"""Arrows of a graph that Mermaid draws."""


def plan_page(backlog: Backlog, links: Links) -> str:
    """Return the page of the plan for what is left."""
    return page(
        "Plan",
        counts(backlog.items),
        contents(links, keys.PLAN),
        section("Dependencies", *_graphs(backlog)),
        section("Order", code(str(make_plan(backlog)))),
    )


def _graphs(backlog: Backlog) -> Iterator[str]:
    """Yield one graph of everything, or one a phase where that would be too large to be drawn."""
    if fits := _graph(backlog):
        yield fits
        return
    for phase in backlog.phases:
        alone = Backlog(backlog.phase(phase.number), (replace(phase),))
        yield _graph(alone) or f"Phase {phase.number} is too large to be drawn here; see `tasks-md graph`."


def _graph(backlog: Backlog) -> str:
    graph = mermaid(backlog)
    if len(graph) > LONGEST or sum(1 for _ in edges(backlog)) > MOST_EDGES:
        return ""
    return code(graph.rstrip("\n"), "mermaid")
