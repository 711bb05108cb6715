"""Rows to items: the reading of a whole file, with all that is wrong in it."""

from collections.abc import Sequence
from datetime import datetime
from itertools import starmap

from tasks_lib.backlog import structure
from tasks_lib.backlog.checks import check_characters, check_items
from tasks_lib.backlog.document import LONGEST_ID, Row, item_id_of, read_document
from tasks_lib.backlog.fields import Columns, Rules
from tasks_lib.backlog.findings import Findings, Flaw
from tasks_lib.backlog.grouping import Grouping, Named, group
from tasks_lib.backlog.links import check_links
from tasks_lib.backlog.marks import bare, clip
from tasks_lib.backlog.model import Backlog, Item, ItemId, Phase
from tasks_lib.backlog.names import DEFAULT_BRANCHES, Branches
from tasks_lib.backlog.references import IdIndex
from tasks_lib.errors import BacklogError, Problem, Severity


def read_backlog(data: bytes, rules: Rules) -> tuple[Backlog, tuple[Problem, ...]]:
    """Read a file as far as it can be read, and list all that is wrong in it."""
    document = read_document(data)
    findings = Findings(document)
    check_characters(data, document.source.lines, findings)
    rows, marks = structure.check(document, findings)
    named = _named_rows(rows, findings)
    grouping = group(document, named, marks, findings)
    items = _items(named, grouping.numbers, rules, findings)
    return _backlog(items, grouping), findings.sorted()


def _named_rows(rows: Sequence[Row], findings: Findings) -> list[Named]:
    """Return each row with its id; rows without one, and second rows of one id, are noted and left out."""
    named: dict[ItemId, Row] = {}
    for row in rows:
        item_id = item_id_of(row.values[0])
        if item_id is None:
            if findings.full("bad-id"):
                continue
            findings.at(row, "id", _bad_id(row.values[0]))
        elif item_id in named:
            what = f"{item_id} stands in line {named[item_id].line + 1} already"
            findings.at(row, "id", Flaw("duplicate-id", what, "give one of the two rows another id"))
        else:
            named[item_id] = row
    return [(row, item_id) for item_id, row in named.items()]


def _bad_id(text: str) -> Flaw:
    if not text:
        return Flaw("bad-id", "the row has no id", "write one like MS-SEC-001")
    proper = bare(text[:LONGEST_ID]).upper().replace("_", "-").replace(" ", "-")
    hint = f"write {proper}" if ItemId.matches(proper) else "write an id like MS-SEC-001 or ACP-001"
    return Flaw(
        "bad-id", f"{clip(text)} is no id", f"{hint}; text right below a table needs an empty line before it"
    )


def _items(
    named: Sequence[Named], numbers: Sequence[int], rules: Rules, findings: Findings
) -> tuple[Item, ...]:
    """Read the rows column by column, which costs a fraction of reading them cell by cell."""
    rows = [row for row, _ in named]
    ids = [item_id for _, item_id in named]
    columns = Columns(rows, rules, findings)
    index = IdIndex(ids)
    values = zip(
        ids,
        columns.status(),
        columns.texts["description"],
        numbers,
        [row.line + 1 for row in rows],
        columns.issue(),
        columns.repo(),
        columns.branch(),
        [index[text].ids for text in columns.texts["depends_on"]],
        [index[text].ids for text in columns.texts["blocks"]],
        columns.agent(),
        columns.time("started_at"),
        columns.time("completed_at"),
        columns.tokens("estimate"),
        columns.tokens("used"),
        columns.texts["notes"],
        columns.model(),
        strict=True,
    )
    items = tuple(starmap(Item, values))
    check_items(rows, items, rules, findings)
    check_links(rows, items, index, findings)
    return items


def _backlog(items: tuple[Item, ...], grouping: Grouping) -> Backlog:
    held: list[list[ItemId]] = [[] for _ in grouping.declared]
    for item in items:
        held[item.phase - 1].append(item.id)
    phases = tuple(
        Phase(number, phase.title, tuple(ids), phase.line + 1)
        for number, (phase, ids) in enumerate(zip(grouping.declared, held, strict=True), start=1)
    )
    return Backlog(items, phases)


def parse_backlog(data: bytes, branches: Branches = DEFAULT_BRANCHES) -> Backlog:
    """Read a tracking file; raise ``BacklogError`` with every error in it, in file order.

    ``branches`` are those of the configuration, on which no item may work.
    """
    backlog, problems = read_backlog(data, Rules(branches=branches))
    errors = tuple(problem for problem in problems if problem.severity is Severity.ERROR)
    if errors:
        raise BacklogError(errors)
    return backlog


def lint_backlog(
    data: bytes,
    *,
    now: datetime | None = None,
    branches: Branches = DEFAULT_BRANCHES,
) -> tuple[Problem, ...]:
    """Return all errors and warnings of a tracking file in one pass, in file order.

    Times in the future are looked for when ``now`` is given. ``branches`` are those of the configuration, on
    which no item may work.
    """
    try:
        return read_backlog(data, Rules(now, branches))[1]
    except BacklogError as error:
        return error.problems
