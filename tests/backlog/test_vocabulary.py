"""The words of AGENTS.md are kept in the pure rooms."""

import ast
import re
from pathlib import Path

import tasks_lib

FOREIGN = re.compile(r"_*(?:[Tt]ask|[Rr]esult|[Ss]tate)s?(?:_|[A-Z]|$)")


def test_a_row_is_an_item_and_never_a_task() -> None:
    """No class or function of these rooms begins with Prefect's words or another tracker's."""
    room = Path(tasks_lib.__file__).parent
    paths = [path for name in ("backlog", "planning") for path in (room / name).rglob("*.py")]
    definitions = ast.ClassDef | ast.FunctionDef
    nodes = [node for path in paths for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))]
    names = [node.name for node in nodes if isinstance(node, definitions)]
    assert len(names) > 100
    assert [name for name in names if FOREIGN.match(name)] == []
