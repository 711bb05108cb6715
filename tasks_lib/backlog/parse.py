"""Rows to items: the reading of a whole file, with all that is wrong in it."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

from tasks_lib.backlog import structure
from tasks_lib.backlog.document import Row, item_id_of, read_document
from tasks_lib.backlog.fields import Readers, Rules
from tasks_lib.backlog.findings import Findings, Flaw
from tasks_lib.backlog.grouping import Grouping, group
from tasks_lib.backlog.marks import bare, clip, value_of
from tasks_lib.backlog.model import Backlog, Item, ItemId, Phase
from tasks_lib.backlog.names import PROTECTED_BRANCHES
from tasks_lib.backlog.references import IdIndex, References
from tasks_lib.errors import BacklogError, Problem, Severity

_COLUMNS = ("status", "issue", "repo", "branch", "started_at", "completed_at", "estimate", "used")


@dataclass(frozen=True, slots=True)
class Entry:
    """An item beside its row, and what its two lists of ids refer to."""

    row: Row
    item: Item
    depends_on: References
    blocks: References


def read_backlog(data: bytes, rules: Rules) -> tuple[Backlog, tuple[Problem, ...]]:
    """Read a file as far as it can be read, and list all that is wrong in it."""
    document = read_document(data)
    findings = Findings(document)
    rows, marks = structure.check(document, findings)
    named = _named_rows(rows, findings)
    grouping = group(document, named, marks, findings)
    entries = _entries(named, grouping, Readers(rules), findings)
    return _backlog(entries, grouping), findings.sorted()


def _named_rows(rows: Sequence[Row], findings: Findings) -> list[tuple[Row, ItemId]]:
    """Return each row with its id; rows without an id and second rows with the same id are noted and left out."""
    named: dict[ItemId, Row] = {}
    for row in rows:
        item_id = item_id_of(row.values[0])
        if item_id is None:
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
    proper = bare(text).upper().replace("_", "-").replace(" ", "-")
    hint = f"write {proper}" if ItemId.matches(proper) else "write an id like MS-SEC-001 or ACP-001"
    return Flaw(
        "bad-id", f"{clip(text)} is no id", f"{hint}; text right below a table needs an empty line before it"
    )


def _entries(
    named: Sequence[tuple[Row, ItemId]], grouping: Grouping, readers: Readers, findings: Findings
) -> list[Entry]:
    index = IdIndex(item_id for _, item_id in named)
    return [
        _entry(row, item_id, phase, (index, readers, findings))
        for (row, item_id), phase in zip(named, grouping.numbers, strict=True)
    ]


def _entry(row: Row, item_id: ItemId, phase: int, tools: tuple[IdIndex, Readers, Findings]) -> Entry:
    index, read, findings = tools
    (
        _,
        status,
        description,
        issue,
        repo,
        branch,
        depends_on,
        blocks,
        agent,
        start,
        end,
        estimate,
        used,
        notes,
        _,
    ) = row.values
    needs, holds_up = index.read(depends_on), index.read(blocks)
    fields = (
        read.status[status],
        read.issue[issue],
        read.repo[repo],
        read.branch[branch],
        read.time[start],
        read.time[end],
        read.tokens[estimate],
        read.tokens[used],
    )
    for column, (_, flaw) in zip(_COLUMNS, fields, strict=True):
        if flaw:
            findings.at(row, column, flaw)
    item = Item(
        item_id,
        fields[0][0],
        description,
        phase,
        row.line + 1,
        fields[1][0],
        fields[2][0],
        fields[3][0],
        needs.ids,
        holds_up.ids,
        value_of(agent),
        fields[4][0],
        fields[5][0],
        fields[6][0],
        fields[7][0],
        notes,
    )
    return Entry(row, item, needs, holds_up)


def _backlog(entries: Sequence[Entry], grouping: Grouping) -> Backlog:
    items = tuple(entry.item for entry in entries)
    held: list[list[ItemId]] = [[] for _ in grouping.declared]
    for item in items:
        held[item.phase - 1].append(item.id)
    phases = tuple(
        Phase(number, phase.title, tuple(ids), phase.line + 1)
        for number, (phase, ids) in enumerate(zip(grouping.declared, held, strict=True), start=1)
    )
    return Backlog(items, phases)


def parse_backlog(data: bytes) -> Backlog:
    """Read a tracking file; raise ``BacklogError`` with every error in it, in file order."""
    backlog, problems = read_backlog(data, Rules())
    errors = tuple(problem for problem in problems if problem.severity is Severity.ERROR)
    if errors:
        raise BacklogError(errors)
    return backlog


def lint_backlog(
    data: bytes,
    *,
    now: datetime | None = None,
    protected: AbstractSet[str] = PROTECTED_BRANCHES,
    repo_urls: bool = False,
) -> tuple[Problem, ...]:
    """Return all errors and warnings of a tracking file in one pass, in file order.

    Times in the future are looked for when ``now`` is given. ``protected`` names the branches that no item may
    work on; ``repo_urls`` allows URLs in the column ``repo``.
    """
    try:
        return read_backlog(data, Rules(now, protected, repo_urls))[1]
    except BacklogError as error:
        return error.problems
