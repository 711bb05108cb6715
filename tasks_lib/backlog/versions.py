"""One version of a tracking file as merging sees it: a key per line, and the items' cells by column."""

from collections.abc import Sequence
from dataclasses import dataclass

from tasks_lib.backlog.cells import read_cells
from tasks_lib.backlog.columns import Header
from tasks_lib.backlog.document import Document, Row, item_id_of, read_document


@dataclass(frozen=True, slots=True)
class Version:
    """A file with its items' rows. ``keys`` are its lines, with an item's id in place of the item's line."""

    document: Document
    keys: list[str]
    rows: dict[str, Row]

    def line(self, name: str) -> str:
        """Return an item's row as it is written, empty where there is none."""
        return self.document.source.lines[self.rows[name].line] if name in self.rows else ""

    def header(self, name: str) -> Header | None:
        """Return the header above an item, None where there is no such item."""
        return self.rows[name].table.header if name in self.rows else None

    def cells(self, name: str) -> dict[str, str]:
        """Return an item's cells by column, none where there is no such item."""
        header = self.header(name)
        return dict(zip(column_keys(header), read_cells(self.line(name)), strict=False)) if header else {}


def read_version(data: bytes) -> Version:
    """Read a file; rows that share an id are lines like any other, as nobody knows which is which."""
    document = read_document(data)
    rows: dict[str, Row] = {}
    twice: set[str] = set()
    for row in document.rows:
        name = item_id_of(row.values[0])
        if name and rows.setdefault(name, row) is not row:
            twice.add(name)
    single = {name: row for name, row in rows.items() if name not in twice}
    keys = list(document.source.lines)
    for single_name, row in single.items():
        keys[row.line] = row_key(single_name)
    return Version(document, keys, single)


def row_key(name: str) -> str:
    """Return the key of an item's line. It begins with a line break, as no other line with a text does."""
    return "\n" + name


def name_in(key: str) -> str:
    """Return the item whose line a key stands for, an empty string when it stands for another line."""
    return key[1:] if key[0] == "\n" else ""


def column_keys(header: Header) -> Sequence[str]:
    """Return a name per column, by which it is the same column in another version of the table."""
    known = {place: name for name, place in header.index.items()}
    return [known.get(place, f"{name.casefold()} ") for place, name in enumerate(header.names)]
