"""Writing cells: exactly those, and nothing else in the file."""

from collections.abc import Mapping

from tasks_lib.backlog.cells import EDGES, PAD, escape, first_cell, split_cells, unescape
from tasks_lib.backlog.document import Document, Row, read_document
from tasks_lib.backlog.marks import clip, width_of
from tasks_lib.backlog.model import ItemId
from tasks_lib.backlog.source import write_source
from tasks_lib.errors import BacklogError, MissingColumn, Problem

Edits = Mapping[ItemId, Mapping[str, str]] | Mapping[str, Mapping[str, str]]
"""New values by item and column; plain strings do for the ids."""


def edit_backlog(data: bytes, edits: Edits, *, add_columns: bool = False) -> bytes:
    """Write cells: ``edits`` gives items their new cells by column, ``{"MS-SEC-001": {"status": "done"}}``.

    Every byte outside of the named cells stays as it is; a cell that says the value already is left alone.
    A column is named as in the guide or as its header is written. ``add_columns`` adds the columns that an
    item's table lacks to that table. Raise ``MissingColumn`` when a column is lacking otherwise, and
    ``BacklogError`` when an item cannot be found without doubt or a value cannot be written as UTF-8.
    """
    document = read_document(data)
    rows = _rows(document, edits)
    missing = _missing(rows, edits)
    if missing and not add_columns:
        raise MissingColumn(tuple(_lacks(row, name) for row, name in missing))
    if missing:
        _add_columns(document, missing)
        document = read_document(write_source(document.source))
        rows = _rows(document, edits)
    for item_id, cells in edits.items():
        _write(document.source.lines, rows[item_id], cells)
    return write_source(document.source)


def _rows(document: Document, edits: Edits) -> dict[str, Row]:
    found: dict[str, list[Row]] = {item_id: [] for item_id in edits}
    for row in document.rows:
        if row.name in found:
            found[row.name].append(row)
    return {item_id: _only(document, item_id, rows) for item_id, rows in found.items()}


def _only(document: Document, item_id: str, found: list[Row]) -> Row:
    if len(found) == 1:
        return found[0]
    if not found:
        what = f"there is no item {clip(item_id)}"
        problems = [Problem(1, 1, "unknown-item", what, "see whether its row was removed or hidden")]
        raise BacklogError((*problems, *document.outline.problems))
    lines = " and ".join(str(row.line + 1) for row in found)
    what = f"{item_id} stands in the lines {lines}: which one to write is not clear"
    raise BacklogError((Problem(found[1].line + 1, 1, "duplicate-id", what, "give one of them another id"),))


def _missing(rows: Mapping[str, Row], edits: Edits) -> list[tuple[Row, str]]:
    return [
        (rows[item_id], name)
        for item_id, cells in edits.items()
        for name in cells
        if rows[item_id].table.header.find(name) is None
    ]


def _lacks(row: Row, name: str) -> Problem:
    line = row.table.header_line + 1
    what = f"the table of {row.name} has no column {clip(name)}"
    return Problem(line, 1, "missing-column", what, f"add a column {name} to the header in line {line}")


def _write(lines: list[str], row: Row, cells: Mapping[str, str]) -> None:
    for name, value in cells.items():
        place = row.table.header.find(name)
        if place is not None:
            lines[row.line] = write_cell(lines[row.line], place, value)


def write_cell(line: str, place: int, value: str) -> str:
    """Return the row with one cell changed; cells that the row lacks before it are added empty."""
    cells = split_cells(line)
    if place < len(cells) and unescape(cells[place].strip(PAD)) == value:
        return line
    while len(cells) <= place:
        line = insert_cell(line, len(cells), " ")
        cells = split_cells(line)
    start = first_cell(line) + sum(len(cell) + 1 for cell in cells[:place])
    before, after = line[:start], line[start + len(cells[place]) :]
    new = _fit(escape(_checked(value)), cells[place])
    if place == 0 and not before.endswith("|"):
        before, new = before + "| ", new.lstrip(PAD)
    if not after.startswith("|"):
        new = new.rstrip(PAD) if value else " |"
    return before + new + after


def insert_cell(line: str, place: int, text: str) -> str:
    """Return the row with a new cell before position ``place``, which is at most the number of its cells."""
    cells = split_cells(line)
    end = first_cell(line) + sum(len(cell) + 1 for cell in cells[:place]) - 1
    if line.startswith("|", end):
        return f"{line[:end]}|{text}{line[end:]}"
    end = len(line.rstrip(EDGES))
    return f"{line[:end]} |{text if text.strip() else ' |'}".rstrip(PAD) + line[end:]


def _fit(text: str, old: str) -> str:
    """Return the text with the padding of the old cell, as wide as that where it fits."""
    lead = old[: len(old) - len(old.lstrip(PAD))] if old.strip(PAD) else old[:1]
    tail = " " if old[-1:].isspace() or text.endswith("\\") else ""
    return lead + text + max(tail, " " * (width_of(old) - width_of(lead + text)), key=len)


def _checked(value: str) -> str:
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        what = f"the value {clip(value)} cannot be written as UTF-8"
        raise BacklogError((Problem(1, 1, "bad-value", what, "remove its lone surrogates"),)) from error
    return value


def _add_columns(document: Document, missing: list[tuple[Row, str]]) -> None:
    """Append the missing columns to their tables, in the order in which they are asked for."""
    tables = {row.table.header_line: row.table for row, _ in missing}
    for table in tables.values():
        names = {name.casefold(): name for row, name in missing if row.table is table}
        width = len(table.header.names)
        rows = [row.line for row in document.rows if row.table is table and row.width >= width]
        for place, name in enumerate(names.values(), start=width):
            _add_column(document.source.lines, (table.header_line, rows), place, escape(_checked(name)))


def _add_column(lines: list[str], where: tuple[int, list[int]], place: int, title: str) -> None:
    header, rows = where
    width = max(3, width_of(title))
    lines[header] = insert_cell(lines[header], place, f" {title} ")
    lines[header + 1] = insert_cell(lines[header + 1], place, f" {'-' * width} ")
    for line in rows:
        lines[line] = insert_cell(lines[line], place, " " * (width + 2))
