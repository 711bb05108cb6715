"""Items to phases: which of the ways to give a phase holds for each row."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import itemgetter

from tasks_lib.backlog.document import Document, Row
from tasks_lib.backlog.findings import Findings, Flaw
from tasks_lib.backlog.marks import bare, clip
from tasks_lib.backlog.model import ItemId
from tasks_lib.backlog.outline import Heading
from tasks_lib.backlog.phases import Declared, number_of, read_phases
from tasks_lib.backlog.references import IdIndex, split_id
from tasks_lib.errors import Severity

Named = tuple[Row, ItemId]


@dataclass(frozen=True, slots=True)
class Grouping:
    """The phases in file order, and the number of each row's phase."""

    declared: Sequence[Declared]
    numbers: Sequence[int]


def group(
    document: Document, named: Sequence[Named], marks: Sequence[Heading], findings: Findings
) -> Grouping:
    """Give each row its phase. ``marks`` are rows that declare one; a phase column goes before all else."""
    phases = read_phases(sorted([*document.outline.headings, *marks], key=lambda heading: heading.line))
    columns = _column_phases(named, phases.declared)
    sections = [phases.section_at(row.line) for row, _ in named]
    claims = _Claims(phases.declared, sections, findings)
    numbers = [
        columns.get(row.values[-1]) or claims.number(row, item_id, section)
        for (row, item_id), section in zip(named, sections, strict=True)
    ]
    if not any(numbers):
        return Grouping([Declared(0, 0, "")], [1] * len(numbers))
    _check_phases(phases.declared, named, numbers, findings)
    return Grouping(phases.declared, [number or 1 for number in numbers])


def _column_phases(named: Sequence[Named], declared: list[Declared]) -> dict[str, int]:
    """Return the phase of each text in the phase columns, and declare those that no heading does."""
    first = {row.values[-1]: row.line for row, _ in reversed(named) if row.values[-1]}
    by_key = {key: phase for phase in reversed(declared) for key in _keys(phase.title)}
    new: list[Declared] = []
    for text, line in reversed(first.items()):
        keys = _keys(text)
        if not any(key in by_key for key in keys):
            new.append(Declared(line, number_of(bare(text)), bare(text)))
            by_key |= dict.fromkeys(keys, new[-1])
    if not declared and all(phase.number for phase in new):
        new.sort(key=lambda phase: phase.number)
    declared += new
    places = {id(phase): place for place, phase in enumerate(declared, start=1)}
    return {text: next(places[id(by_key[key])] for key in _keys(text) if key in by_key) for text in first}


def _keys(text: str) -> list[int | str]:
    """Return by what a phase is known: its number where it has one, and its title."""
    name = bare(text)
    number = number_of(name)
    return [number, name.casefold()] if number else [name.casefold()]


class _Claims:
    """Which phase claims an id by a range."""

    def __init__(self, declared: Sequence[Declared], sections: Sequence[int], findings: Findings) -> None:
        self._declared = declared
        self._findings = findings
        self._table_each = len(set(sections) - {0}) > 1
        self._by_stem: dict[str, list[tuple[int, int, int]]] = {}
        for number, phase in enumerate(declared, start=1):
            for claimed in phase.ranges:
                self._by_stem.setdefault(claimed.stem, []).append((claimed.low, claimed.high, number))
        for spans in self._by_stem.values():
            spans.sort()
            self._check_overlaps(spans)

    def number(self, row: Row, item_id: ItemId, section: int) -> int:
        """Return the number of an item's phase; 0 when it has none."""
        claimed = self._claimed(item_id) if self._by_stem else 0
        if claimed and section and claimed != section and self._table_each:
            mine, other = (clip(self._declared[number - 1].title) for number in (section, claimed))
            what = f"{item_id} stands under {mine}, but the ids of {other} include it"
            self._findings.at(row, "id", Flaw("phase-contradiction", what, "move the row, or mend the range"))
        elif section and not claimed and self._declared[section - 1].ranges:
            what = f"{item_id} is outside of the ids of {clip(self._declared[section - 1].title)}"
            self._findings.at(row, "id", Flaw("outside-range", what, "widen the range", Severity.WARNING))
        elif self._declared and not section and not claimed:
            what = f"{item_id} belongs to no phase: it stands under none, and no range of ids includes it"
            self._findings.at(
                row, "id", Flaw("no-phase", what, "widen a range, or move the row under a phase")
            )
        return (section if self._table_each else 0) or claimed or section

    def _claimed(self, item_id: ItemId) -> int:
        stem, number = split_id(item_id)
        spans = self._by_stem.get(stem, [])
        place = bisect_right(spans, number, key=itemgetter(0)) - 1
        return spans[place][2] if place >= 0 and number <= spans[place][1] else 0

    def _check_overlaps(self, spans: Sequence[tuple[int, int, int]]) -> None:
        for (_, high, number), (low, _, other) in pairwise(spans):
            if low <= high and number != other:
                first, second = (self._declared[place - 1] for place in sorted((number, other)))
                what = f"the ids of {clip(second.title)} overlap with those of {clip(first.title)}"
                self._findings.line(
                    second.line, Flaw("overlapping-ranges", what, "let each id belong to one phase")
                )


def _check_phases(
    declared: Sequence[Declared], named: Sequence[Named], numbers: Sequence[int], findings: Findings
) -> None:
    held = set(numbers)
    for number, phase in enumerate(declared, start=1):
        for written in phase.faults:
            what = f"the range {clip(written)} runs backwards or over two categories"
            findings.line(phase.line, Flaw("bad-range", what, "write MS-SEC-001 through MS-SEC-010"))
        if number not in held:
            what = f"the phase {clip(phase.title)} has no items"
            findings.line(phase.line, Flaw("empty-phase", what, "remove it, or add items", Severity.WARNING))
    _check_empty_ranges(declared, named, findings)
    for earlier, later in pairwise(declared):
        if 0 < later.number < earlier.number:
            what = f"phase {later.number} stands after phase {earlier.number}; the order in the file counts"
            findings.line(later.line, Flaw("phase-order", what, "put the phases in order", Severity.WARNING))


def _check_empty_ranges(declared: Sequence[Declared], named: Sequence[Named], findings: Findings) -> None:
    index = IdIndex(item_id for _, item_id in named)
    for phase in declared:
        for claimed in phase.ranges:
            if not index.within(claimed):
                flaw = Flaw(
                    "empty-range", f"no item is in the range {claimed}", "mend the range", Severity.WARNING
                )
                findings.line(phase.line, flaw)
