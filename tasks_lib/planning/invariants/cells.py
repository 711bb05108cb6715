"""Which text a status commit changed besides the cells that are its own."""

from collections.abc import Iterator
from itertools import zip_longest

from tasks_lib.backlog.cells import read_cells, split_cells
from tasks_lib.backlog.columns import Header, read_header
from tasks_lib.backlog.document import Row, read_document
from tasks_lib.backlog.source import Source, read_source
from tasks_lib.planning.invariants.commits import PLANNED

_DASHES = frozenset("-: \t")


def foreign_changes(before: bytes, after: bytes) -> Iterator[str]:
    """Yield, in words, every change outside of the planned cells; columns for these may be added.

    Raise ``BacklogError`` when one of the two is not UTF-8.
    """
    if before == after:
        return
    document, new = read_document(before), read_source(after)
    old = document.source
    if old.bom != new.bom or len(old.lines) != len(new.lines):
        yield f"it makes {len(new.lines)} lines of {len(old.lines)}, or touches the byte order mark"
        return
    tables = {table.header_line: table.header for table in document.tables}
    rows = {row.line: row for row in document.rows}
    for number, (was, now) in enumerate(zip(old.lines, new.lines, strict=True)):
        if was == now:
            continue
        if _ending(was) != _ending(now):
            yield f"it changes the end of line {number + 1}"
        if number in rows:
            yield from _in_row(rows[number], was, now, new)
        elif number in tables:
            yield from _in_header(tables[number], now, number)
        elif number - 1 not in tables or not _is_wider_ruler(was, now):
            yield f"it changes line {number + 1}, which is no item's"


def _in_row(row: Row, was: str, now: str, new: Source) -> Iterator[str]:
    names = read_cells(new.lines[row.table.header_line])
    planned = _places(read_header(names))
    old, cells = split_cells(was), split_cells(now)
    if len(old) != len(cells):  # padding may change where the row's outer pipes were missing
        old, cells = [cell.strip() for cell in old], [cell.strip() for cell in cells]
    for place, (one, other) in enumerate(zip_longest(old, cells, fillvalue="")):
        if one != other and place not in planned:
            column = names[place] if place < len(names) else f"column {place + 1}"
            yield f"it changes the cell {column} of {row.name}"


def _in_header(header: Header, now: str, line: int) -> Iterator[str]:
    """Allow planned columns at the header's end."""
    names = read_cells(now)
    wider = read_header(names)
    added = set(range(len(header.names), len(names)))
    if tuple(names[: len(header.names)]) != header.names or not added <= _places(wider):
        yield f"it changes the header in line {line + 1}"


def _places(header: Header) -> set[int]:
    return {header.index[column] for column in PLANNED if column in header.index}


def _is_wider_ruler(was: str, now: str) -> bool:
    old, cells = [cell.strip() for cell in split_cells(was)], [cell.strip() for cell in split_cells(now)]
    return cells[: len(old)] == old and all(cell and _DASHES.issuperset(cell) for cell in cells[len(old) :])


def _ending(line: str) -> str:
    return line[len(line.rstrip("\r\n")) :]
