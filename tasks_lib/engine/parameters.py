"""Handing values to Prefect tasks."""

from typing import TypeVar, cast

from prefect.utilities.annotations import quote

Value = TypeVar("Value")


def untraced(value: Value) -> Value:
    """Return a value to call a task with, hidden from Prefect's search for other tasks' results in it.

    Prefect draws an edge in the graph wherever a part of a parameter has the address of a part of an earlier
    result, even an empty tuple, or one that has been freed since. Our edges are those of ``wait_for`` alone.
    The task itself gets the plain value.
    """
    return cast("Value", quote(value))
