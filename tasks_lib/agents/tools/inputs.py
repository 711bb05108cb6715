"""Reads the inputs of tool calls: a model can send anything."""

from collections.abc import Mapping

from tasks_lib.agents.tools.answer import ToolError

Inputs = Mapping[str, object]


def text(inputs: Inputs, name: str, default: str | None = None) -> str:
    """Return a text; raise ``ToolError`` when it is missing (and has no default) or is something else."""
    value = inputs.get(name)
    if value is None:
        if default is None:
            raise ToolError(f"`{name}` is missing")
        return default
    if not isinstance(value, str):
        raise ToolError(f"`{name}` must be a text, not {value!r}")
    return value


def number(inputs: Inputs, name: str) -> int:
    """Return a whole number; raise ``ToolError`` when it is missing or is something else."""
    value = inputs.get(name)
    if isinstance(value, bool) or not isinstance(value, int):
        raise ToolError(f"`{name}` must be a whole number, not {value!r}")
    return value


def line_range(inputs: Inputs, name: str) -> tuple[int, int] | None:
    """Return ``[first, last]`` if given; raise ``ToolError`` unless it is a pair of whole numbers."""
    value = inputs.get(name)
    if value is None:
        return None
    if isinstance(value, list) and len(value) == 2 and all(type(bound) is int for bound in value):  # noqa: PLR2004  a pair
        return value[0], value[1]
    raise ToolError(f"`{name}` must be a pair of whole numbers such as [1, 40] or [41, -1], not {value!r}")
