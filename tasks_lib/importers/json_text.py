"""JSON from other programs: shapes are checked, not believed."""

import json
from typing import Any

from tasks_lib.errors import BacklogError, Problem

JsonObject = dict[str, Any]


def parse_object(text: str, *, line: int = 1) -> JsonObject:
    """Return the object that the text holds; ``line`` is where the text begins in its file.

    Raise ``BacklogError`` with the place of the mistake.
    """
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise _not_json(error.lineno + line - 1, error.colno, error.msg) from error
    except (ValueError, RecursionError) as error:  # figures of thousands of digits, lists in lists in lists
        raise _not_json(line, 1, str(error)) from error
    if not isinstance(value, dict):
        raise _not_json(line, 1, "an object {...} is expected here")
    return value


def objects(value: object) -> list[JsonObject]:
    """Return the objects of a list; anything else in it, or instead of it, is left out."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def list_of(value: object) -> list[Any]:
    """Return the value when it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def text_of(values: JsonObject, name: str) -> str:
    """Return the field as text, empty where it is missing or no plain value."""
    value = values.get(name)
    return str(value) if isinstance(value, str | int | float) else ""


def _not_json(line: int, column: int, message: str) -> BacklogError:
    hint = "check that this is the right file and format"
    return BacklogError((Problem(line, column, "not-json", f"not the expected JSON: {message}", hint),))
