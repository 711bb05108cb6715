"""Mending what can be mended without asking: the missing side of ``depends_on`` and ``blocks``."""

from collections.abc import Sequence

from tasks_lib.backlog.document import WANTED, Document, read_document
from tasks_lib.backlog.edit import edit_backlog
from tasks_lib.backlog.fields import Rules
from tasks_lib.backlog.links import missing_sides
from tasks_lib.backlog.marks import value_of
from tasks_lib.backlog.parse import read_backlog


def fix_backlog(data: bytes) -> bytes:
    """Write the missing sides, and return the file; every other byte stays as it is.

    A table without a column ``blocks`` gets none. Raise ``BacklogError`` when the file is not UTF-8 or a row
    that would have to be written cannot be found without doubt.
    """
    document = read_document(data)
    items = read_backlog(data, Rules())[0].items
    places = {item.id: place for place, item in enumerate(items)}
    needs = [[places[need] for need in item.depends_on] for item in items]
    lacks_needs, lacks_blocks = missing_sides(items, places, needs)
    rows = {row.line + 1: row for row in document.rows}
    edits: dict[str, dict[str, str]] = {}
    separator = _separator(document)
    for column, lacks in (("depends_on", lacks_needs), ("blocks", lacks_blocks)):
        for place, others in lacks.items():
            row = rows[items[place].line]
            if column == "depends_on" or column in row.table.header.index:
                text = row.values[WANTED.index(column)]
                names = [items[other].id for other in others]
                edits.setdefault(items[place].id, {})[column] = _with(text, names, separator)
    return edit_backlog(data, edits, add_columns=True) if edits else data


def _with(text: str, names: Sequence[str], separator: str) -> str:
    """Return a cell of ids with more of them, in the style in which it is written."""
    if not value_of(text):
        return separator.join(names)
    if ";" in text:
        separator = "; "
    closing = "]" if text.endswith("]") else ""
    return separator.join([text.removesuffix(closing).rstrip(), *names]) + closing


def _separator(document: Document) -> str:
    """Return what stands between the ids of this file."""
    columns = (WANTED.index("depends_on"), WANTED.index("blocks"))
    spaced = any(", " in row.values[column] for row in document.rows for column in columns)
    return ", " if spaced else ","
