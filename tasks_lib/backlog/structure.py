"""What is wrong with the tables themselves: headers, rows without an item, lines that fell out of a table."""

from tasks_lib.backlog.cells import read_cells
from tasks_lib.backlog.columns import MOST_COLUMNS, Header, read_header
from tasks_lib.backlog.document import MOST_ROWS, Document, Row, item_id_of
from tasks_lib.backlog.findings import Findings, Flaw
from tasks_lib.backlog.marks import bare, clip
from tasks_lib.backlog.outline import ROW, Heading
from tasks_lib.backlog.phases import number_of
from tasks_lib.errors import Severity

_LONGEST_HEADER = 10_000
_CONFLICT = Flaw(
    "conflict-marker",
    "git left an unresolved merge conflict here",
    "choose one side and delete the lines <<<<<<<, ======= and >>>>>>>",
)
_MARKERS = ("<<<<<<<", "=======", ">>>>>>>", "|||||||")


def check(document: Document, findings: Findings) -> tuple[list[Row], list[Heading]]:
    """Note what is wrong with the tables; return the rows of items, and the rows that only name a phase."""
    for table in document.outline.tables:
        _check_header(table.header_line, table.header, findings)
    for line in document.outline.loose:
        _check_loose(document, line, findings)
    for line in document.outline.conflicts:
        findings.line(line, _CONFLICT)
    rows = document.rows[:MOST_ROWS]
    if len(rows) < len(document.rows):
        what = f"the file holds more than {MOST_ROWS:,} rows"
        findings.line(document.rows[-1].line, Flaw("too-many-rows", what, "split it into several files"))
    if not rows:
        _note_absence(document, findings)
    marks: list[Heading] = []
    return [row for row in rows if _holds_item(document, row, marks, findings)], marks


def _check_header(line: int, header: Header, findings: Findings) -> None:
    if len(header.names) > MOST_COLUMNS:
        what = f"the table has more than {MOST_COLUMNS} columns, so its rows are not read"
        findings.line(line, Flaw("too-many-columns", what, "split the table"))
    elif header.holds_items:
        for place in header.repeated:
            what = f"the column {clip(header.names[place])} stands twice; the first one counts"
            findings.line(line, Flaw("repeated-column", what, "rename or remove one of them"))
    elif header.lacks_status:
        what = "this looks like a table of items, but it has no column status"
        findings.line(line, Flaw("missing-column", what, "add a column status"))


def _check_loose(document: Document, line: int, findings: Findings) -> None:
    """Note a line with a leading pipe outside of every table when it would hold an item."""
    cells = read_cells(document.source.lines[line][:_LONGEST_HEADER])
    if read_header(cells).holds_items:
        what = "this header makes no table: GitHub shows it as text"
        hint = f"put an empty line above it, and a delimiter row with {len(cells)} cells below it"
        findings.line(line, Flaw("not-a-table", what, hint))
    elif item_id_of(cells[0]):
        what = f"the row {clip(cells[0])} stands in no table, so GitHub shows it as text"
        findings.line(line, Flaw("loose-row", what, "remove the empty line above it"))


def _note_absence(document: Document, findings: Findings) -> None:
    seen = [table for table in document.outline.tables if not table.header.holds_items]
    headers = "; ".join(clip(" | ".join(table.header.names)) for table in seen[:3])
    what = (
        f"the file has no items; it has tables with other headers: {headers}"
        if seen
        else "the file has no items"
    )
    if not any(table.header.holds_items for table in document.outline.tables):
        hint = "write a table whose header has the columns id, status and description"
        findings.line(0, Flaw("no-items", what, hint))
    else:
        findings.line(0, Flaw("no-items", "the table of items has no rows", "add one", Severity.WARNING))


def _holds_item(document: Document, row: Row, marks: list[Heading], findings: Findings) -> bool:
    width = len(row.table.header.names)
    if row.width == width and row.values[1] and row.values[0].strip("-:<=>"):
        return True
    line = document.source.lines[row.line]
    if line.lstrip().startswith(_MARKERS):
        if not line.lstrip().startswith("="):
            findings.line(row.line, _CONFLICT)
        return False
    cells = [cell for cell in read_cells(line) if cell.strip("-: ")]
    if not cells:
        findings.line(row.line, Flaw("empty-row", "this row is empty", "remove it", Severity.WARNING))
        return False
    if len(cells) == 1 and number_of(bare(cells[0])):
        marks.append(Heading(row.line, ROW, bare(cells[0])))
        return False
    _check_width(row, width, findings)
    return True


def _check_width(row: Row, width: int, findings: Findings) -> None:
    if row.width > width:
        what = f"the row has {row.width} cells, the header {width}: a pipe ends a cell, in `code` too"
        findings.line(row.line, Flaw("too-many-cells", what, "write \\| for a pipe that belongs to the text"))
    elif row.width < width and item_id_of(row.values[0]):
        what = f"the row has {row.width} cells, the header {width}; the missing ones count as empty"
        findings.line(row.line, Flaw("too-few-cells", what, "add the empty cells", Severity.WARNING))
