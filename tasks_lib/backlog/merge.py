"""Merging two changed versions of a tracking file: items cell by cell, all other lines as text."""

from collections.abc import Sequence

from tasks_lib.backlog.align import align
from tasks_lib.backlog.columns import Header
from tasks_lib.backlog.edit import write_cell
from tasks_lib.backlog.source import Source, write_source
from tasks_lib.backlog.versions import Version, column_keys, name_in, read_version
from tasks_lib.errors import CellConflict

Versions = tuple[Version, Version, Version]

THE_TEXT = "the text"
"""What stands for the item in a ``CellConflict`` about lines that belong to no item."""


def merge_backlogs(base: bytes, ours: bytes, theirs: bytes) -> bytes:
    """Merge what two sides made of one file: each cell, and each other line, from the side that changed it.

    Rows that one side adds, moves or removes are added, moved and removed. Raise ``CellConflict`` when both
    sides changed a cell (or lines outside of the items) differently, or one removed an item that the other
    changed; ``BacklogError`` when one of the files is not UTF-8.
    """
    if theirs in (base, ours):
        return ours
    if ours == base:
        return theirs
    versions = read_version(base), read_version(ours), read_version(theirs)
    return write_source(Source(_lines(*versions), _bom(*versions)))


def _bom(base: Version, ours: Version, theirs: Version) -> bool:
    was, our, their = (version.document.source.bom for version in (base, ours, theirs))
    return our if their == was else their


def _lines(base: Version, ours: Version, theirs: Version) -> list[str]:
    """Return the merged lines, each item written for the header that it now stands under."""
    headers = {
        version.document.source.lines[table.header_line]: table.header
        for version in (base, ours, theirs)
        for table in version.document.tables
    }
    gone = _removed(base, ours, theirs)
    header: Header | None = None
    lines: list[str] = []
    for key in _rows_once(_keys(base, ours, theirs)):
        name = name_in(key)
        if not name:
            header = headers.get(key, header)
            lines.append(key)
        elif name not in gone and header:
            lines.append(_row(name, header, (base, ours, theirs)))
    return _with_line_ends(lines)


def _with_line_ends(lines: list[str]) -> list[str]:
    """Return the lines with an end where a last line without one is no longer the last."""
    ending = next((line[len(line.rstrip("\r\n")) :] for line in lines if line.endswith(("\n", "\r"))), "\n")
    return [line if line.endswith(("\n", "\r")) else line + ending for line in lines[:-1]] + lines[-1:]


def _rows_once(keys: Sequence[str]) -> list[str]:
    """Return the keys without second places of an item, which both sides may have moved."""
    seen: set[str] = set()
    once = []
    for key in keys:
        if not name_in(key) or key not in seen:
            once.append(key)
        seen.add(key)
    return once


def _removed(base: Version, ours: Version, theirs: Version) -> set[str]:
    """Return the items that a side removed; the other side must not have changed them."""
    removed = {name for name in base.rows if name not in ours.rows or name not in theirs.rows}
    for name in sorted(removed):
        was, our, their = (version.cells(name) for version in (base, ours, theirs))
        now = our or their
        for column in [
            column for column in {**was, **now} if now and was.get(column, "") != now.get(column, "")
        ]:
            values = (cells.get(column, "") for cells in (was, our, their))
            raise CellConflict(name, column.strip(), *values)
    return removed


def _keys(base: Version, ours: Version, theirs: Version) -> list[str]:
    """Return the merged order of the lines: stretch by stretch between lines that all three share."""
    to_ours = [*align(base.keys, ours.keys), len(ours.keys)]
    to_theirs = [*align(base.keys, theirs.keys), len(theirs.keys)]
    merged: list[str] = []
    start = our_start = their_start = 0
    for end, (our_end, their_end) in enumerate(zip(to_ours, to_theirs, strict=True)):
        if our_end < 0 or their_end < 0:
            continue
        stretch = base.keys[start:end], ours.keys[our_start:our_end], theirs.keys[their_start:their_end]
        merged += _stretch(*stretch, line=start + 1)
        merged += base.keys[end : end + 1]
        start, our_start, their_start = end + 1, our_end + 1, their_end + 1
    return merged


def _stretch(base: list[str], ours: list[str], theirs: list[str], *, line: int) -> list[str]:
    """Merge what stands between two shared lines: the text from who changed it, the rows from both."""
    if ours == base:
        return theirs
    if theirs in (base, ours):
        return ours
    text, our_text, their_text = ([key for key in keys if not name_in(key)] for keys in (base, ours, theirs))
    if our_text in (text, their_text):
        return _with_rows_of(theirs, ours)
    if their_text == text:
        return _with_rows_of(ours, theirs)
    where = f"line {line}" if len(base) <= 1 else f"lines {line} to {line + len(base) - 1}"
    raise CellConflict(THE_TEXT, where, "".join(text), "".join(our_text), "".join(their_text))


def _with_rows_of(frame: list[str], other: list[str]) -> list[str]:
    """Return the frame with the rows that only the other has, each behind what it stands behind there."""
    have = set(frame)
    behind: dict[str, list[str]] = {}
    last = ""
    for key in other:
        if key in have:
            last = key
        elif name_in(key):
            behind.setdefault(last, []).append(key)
    merged = behind.pop("", [])
    for key in frame:
        merged += [key, *behind.pop(key, [])]
    return merged


def _row(name: str, header: Header, versions: Versions) -> str:
    """Return the merged row of an item for a header, in the style of a side that has it too."""
    base, ours, theirs = versions
    fitting = [
        side for side in (theirs, ours) if (found := side.header(name)) and found.names == header.names
    ]
    for side in fitting:
        other = ours if side is theirs else theirs
        if other.line(name) in ("", base.line(name)):
            return side.line(name)
    columns = column_keys(header)
    values = _values(name, columns, versions)
    line = fitting[0].line(name) if fitting else "|" + " |" * len(columns) + "\n"
    for place, column in enumerate(columns):
        line = write_cell(line, place, values[column]) if column in values else line
    return line


def _values(name: str, columns: Sequence[str], versions: Versions) -> dict[str, str]:
    """Return the merged cells of an item; a changed cell in a column that is gone is a conflict."""
    was, our, their = (version.cells(name) for version in versions)
    values = {column: _cell(name, column, (was, our, their)) for column in {**their, **our}}
    for column, value in values.items():
        if column not in columns and value != was.get(column, ""):
            sides = (cells.get(column, "") for cells in (was, our, their))
            raise CellConflict(name, column.strip(), *sides)
    return values


def _cell(name: str, column: str, cells: tuple[dict[str, str], dict[str, str], dict[str, str]]) -> str:
    """Return the value of a cell from the side that changed it."""
    was, our, their = (side.get(column, "") for side in cells)
    if their in (our, was):
        return our
    if our == was:
        return their
    raise CellConflict(name, column.strip(), was, our, their)
