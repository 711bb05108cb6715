"""A tracking file as text with its items found: what reading, editing and merging share."""

from collections.abc import Iterator
from dataclasses import dataclass
from operator import itemgetter
from typing import NamedTuple

from tasks_lib.backlog.cells import cell_start, read_cells
from tasks_lib.backlog.columns import COLUMNS, MODEL, PHASE
from tasks_lib.backlog.marks import bare
from tasks_lib.backlog.model import ItemId
from tasks_lib.backlog.outline import Outline, Table
from tasks_lib.backlog.scanner import read_outline
from tasks_lib.backlog.source import Source, read_source

WANTED = (*COLUMNS, MODEL, PHASE)
"""The columns that are read, in the order of a row's values."""

MOST_ROWS = 50_000
"""How many rows of items one file may hold; more is an error, so that no file takes unbounded time."""

LONGEST_ID = 180
"""How many characters an id cell may have."""


class Row(NamedTuple):
    """A row of an item table: line (from 0), number of cells, values in the order of ``WANTED``."""

    line: int
    table: Table
    width: int
    values: tuple[str, ...]

    @property
    def name(self) -> str:
        """What stands in the id cell, without marks."""
        return bare(self.values[0])


@dataclass(frozen=True, slots=True)
class Document:
    """A file, its outline, and the rows of all item tables in file order, up to ``MOST_ROWS``."""

    source: Source
    outline: Outline
    tables: tuple[Table, ...]
    rows: list[Row]

    def column(self, row: Row, name: str, word: str = "") -> int:
        """Return the character, counted from 1, at which a cell of the row (or a word in it) begins."""
        place = row.table.header.find(name)
        line = self.source.lines[row.line]
        start = cell_start(line, place) if place is not None else 0
        return 1 + max(start, line.find(word, start))


def read_document(data: bytes) -> Document:
    """Find the items of a file; raise ``BacklogError`` only when it is not UTF-8."""
    source = read_source(data)
    outline = read_outline(source.lines)
    tables = tuple(table for table in outline.tables if table.header.holds_items)
    rows: list[Row] = []
    for table in tables:
        rows += _read_rows(source.lines, table, MOST_ROWS + 1 - len(rows))
    return Document(source, outline, tables, rows)


def _read_rows(lines: list[str], table: Table, most: int) -> Iterator[Row]:
    index = table.header.index
    width = len(table.header.names)
    # The cell behind the last one stands for the columns that the table lacks.
    pick = itemgetter(*(index.get(name, width) for name in WANTED))
    for line in range(table.first, min(table.end, table.first + most)):
        cells = read_cells(lines[line])
        count = len(cells)
        if count == width:
            cells.append("")
        else:
            cells = [*cells[:width], *[""] * (width + 1 - min(count, width))]
        yield Row(line, table, count, pick(cells))


def item_id_of(text: str) -> ItemId | None:
    """Return the id in an id cell, None when it holds something else."""
    if len(text) > LONGEST_ID:
        return None
    if ItemId.matches(text):
        return ItemId(text)
    name = bare(text)
    return ItemId(name) if ItemId.matches(name) else None
