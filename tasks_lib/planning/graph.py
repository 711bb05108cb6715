"""The dependency graph as text for other programs: Mermaid and Graphviz DOT."""

from collections.abc import Iterator

from tasks_lib.backlog.model import Backlog, Item, ItemStatus
from tasks_lib.planning.words import clipped, phase_title

COLOURS = {
    ItemStatus.NOT_STARTED: ("#eef1f5", "#6b7684"),
    ItemStatus.IN_PROGRESS: ("#dbeafe", "#1d6fd1"),
    ItemStatus.DONE: ("#dcf5e3", "#1c8a43"),
    ItemStatus.FAILED: ("#fde2e1", "#c62f2b"),
    ItemStatus.BLOCKED: ("#fff0d4", "#b4690e"),
}
"""Fill and line of each status; the words stand in the picture too, so colour is never the only sign."""


def mermaid(backlog: Backlog) -> str:
    """Return a Mermaid flowchart: a subgraph per phase, an arrow from each item to what waits for it."""
    lines = ["flowchart LR"]
    for phase in backlog.phases:
        lines.append(f'  subgraph phase{phase.number}["{_entities(phase_title(phase.number, phase.title))}"]')
        lines += [f"    {_mermaid_node(backlog[item])}" for item in phase.items]
        lines.append("  end")
    lines += [f"  {_name(one)} --> {_name(other)}" for one, other in edges(backlog)]
    for status, (fill, line) in COLOURS.items():
        lines.append(f"  classDef {_name(status)} fill:{fill},stroke:{line},color:#1b1f24")
    return "\n".join(lines) + "\n"


def dot(backlog: Backlog) -> str:
    """Return a Graphviz digraph: a cluster per phase, an arrow from each item to what waits for it."""
    lines = ["digraph items {", "  rankdir=LR;", '  node [shape=box, style="rounded,filled"];']
    for phase in backlog.phases:
        lines += [
            f"  subgraph cluster_{phase.number} {{",
            f"    label={_quoted(phase_title(phase.number, phase.title))};",
        ]
        lines += [f"    {_dot_node(backlog[item])}" for item in phase.items]
        lines.append("  }")
    lines += [f"  {_quoted(one)} -> {_quoted(other)};" for one, other in edges(backlog)]
    return "\n".join([*lines, "}"]) + "\n"


def edges(backlog: Backlog) -> Iterator[tuple[str, str]]:
    """Yield (dependency, dependent), in file order of the dependents; unknown ids have no arrow."""
    for item in backlog:
        for other in item.depends_on:
            if other in backlog:
                yield other, item.id


def _mermaid_node(item: Item) -> str:
    label = f"{_entities(item.id)}<br/>{_entities(clipped(item.description))}<br/>{item.status}"
    return f'{_name(item.id)}["{label}"]:::{_name(item.status)}'


def _dot_node(item: Item) -> str:
    fill, line = COLOURS[item.status]
    label = f"{item.id}\n{clipped(item.description)}\n{item.status}"
    return f'{_quoted(item.id)} [label={_quoted(label)}, fillcolor="{fill}", color="{line}"];'


def _name(text: str) -> str:
    """Return the text as a Mermaid name; ids and statuses hold letters, digits and hyphens only."""
    return text.replace("-", "_")


def _entities(text: str) -> str:
    """Write everything that Mermaid could read as markup as a character code."""
    safe = " .,;:!?()-_/'+=%"
    return "".join(char if char.isalnum() or char in safe else f"#{ord(char)};" for char in text)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
