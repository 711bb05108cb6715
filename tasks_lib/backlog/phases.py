"""Which phase an item belongs to: by a phase column, by ranges of ids, or by the heading above its table.

A phase is declared by a heading that says so (``## Phase 1 - Critical Security``) or that carries a range of
ids; by a line of text or a list item with ranges (``- Phase 2: MS-HIGH-001 to MS-HIGH-006``); or by a row of
the item table that holds nothing else (``| **Phase 2** | | |``). A file that declares none is one phase.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from tasks_lib.backlog.marks import bare
from tasks_lib.backlog.model import ID
from tasks_lib.backlog.outline import TEXT, Heading
from tasks_lib.backlog.references import IdRange, find_ranges, split_id
from tasks_lib.backlog.scanner import PHASE_WORDS

_LEAD = r"[\s>*+_•-]{0,12}(?:[0-9]{1,9}[.)]\s{1,4})?[*_]{0,3}"
_PHASE = re.compile(
    rf"{_LEAD}(?:{PHASE_WORDS})[\s_#:-]{{0,3}}([0-9]{{1,6}}|[IVX]{{1,6}}\b)(?![0-9])", re.IGNORECASE
)
_MARKS = re.compile(r"[`*\[\]]")
_SINGLE = re.compile(ID)
_OPENING = re.compile(r"(?:[(:–—]|\s-)\s*$")  # noqa: RUF001 - dashes of all kinds
_ROMAN = {"I": 1, "V": 5, "X": 10}
_LONGEST = 1000


@dataclass(slots=True)
class Declared:
    """A phase as declared: its number in the text (0 when it has none), its title, and the ids it claims.

    ``faults`` are ranges that cannot be: the wrong way round, or over two categories.
    """

    line: int
    number: int
    title: str
    ranges: list[IdRange] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def also(self, other: "Declared") -> None:
        """Take in a second declaration of the same phase."""
        self.ranges += [claimed for claimed in other.ranges if claimed not in self.ranges]
        self.faults += other.faults


@dataclass(slots=True)
class PhaseMap:
    """The phases of a file, and the sections: the places from which on rows stand under a phase (0: none)."""

    declared: list[Declared]
    starts: list[int]
    sections: list[int]

    def section_at(self, line: int) -> int:
        """Return the number of the phase whose heading a line stands under, 0 when there is none."""
        place = bisect_right(self.starts, line) - 1
        return self.sections[place] if place >= 0 else 0


def number_of(text: str) -> int:
    """Return the number that a text like ``Phase 2 - High`` or ``2`` carries, 0 when it has none."""
    text = text.strip()[:_LONGEST]
    if text.isdecimal() and text.isascii():
        return int(text[:6])
    found = _PHASE.match(text)
    if not found:
        return 0
    return int(found[1]) if found[1][0] in "0123456789" else _roman(found[1].upper())


def _roman(text: str) -> int:
    values = [_ROMAN[letter] for letter in text]
    return sum(
        -value if value < after else value for value, after in zip(values, [*values[1:], 0], strict=True)
    )


def declaration(heading: Heading) -> Declared | None:
    """Read a heading or a line as the declaration of a phase, None when it is none.

    A line of text counts only when it ends with its ranges, so that prose about phases declares nothing.
    """
    text = heading.text if len(heading.text) <= _LONGEST else ""
    number = number_of(text) if _PHASE.match(text) else 0
    plain = _MARKS.sub("", text).strip().rstrip(":.").rstrip()
    start, ranges, faults = _claims(plain)
    claims = bool(ranges or faults)
    if heading.level == TEXT and not (number and claims):
        return None
    if not number and not any(claimed.low < claimed.high for claimed in ranges):
        return None
    title = plain[:start].rstrip(" (:–—-") if claims else bare(text)  # noqa: RUF001 - dashes of all kinds
    return Declared(heading.line, number, title.lstrip("-+*•> \t"), ranges, faults)


def _claims(text: str) -> tuple[int, list[IdRange], list[str]]:
    """Return where the ranges at the end of a text begin, the ranges, and those that cannot be."""
    found = find_ranges(text)
    spans = [(match.start(), match.end(), claimed, match[0]) for match, claimed in found]
    singles = [
        (one.start(), one.end(), IdRange(*split_id(one[0]), split_id(one[0])[1]), one[0])
        for one in _SINGLE.finditer(text)
    ]
    spans += [one for one in singles if not any(start <= one[0] < end for start, end, _, _ in spans)]
    spans.sort(key=lambda span: span[:2])
    end, taken = len(text), []
    while spans and not text[spans[-1][1] : end].strip(" ,;)&+.").removeprefix("and").strip():
        taken.append(spans.pop())
        end = taken[-1][0]
    if not taken or not _OPENING.search(text[max(0, end - 4) : end]):
        return len(text), [], []
    good = [claimed for _, _, claimed, _ in reversed(taken) if claimed and claimed.low <= claimed.high]
    bad = [written for _, _, claimed, written in reversed(taken) if not claimed or claimed.low > claimed.high]
    return end, good, bad


def read_phases(headings: Sequence[Heading]) -> PhaseMap:
    """Read the declarations in file order; a phase declared twice (overview and heading) is one phase."""
    phases = PhaseMap([], [], [])
    by_key: dict[object, int] = {}
    level = 0
    found = [declaration(heading) for heading in headings]
    numbered = any(declared and declared.number for declared in found)
    for heading, declared in zip(headings, found, strict=True):
        if declared is None or (numbered and not declared.number):
            if level and heading.level <= level:
                level = 0
                phases.starts.append(heading.line)
                phases.sections.append(0)
            continue
        key = declared.number or declared.title.casefold()
        if key in by_key:
            phases.declared[by_key[key] - 1].also(declared)
        else:
            phases.declared.append(declared)
            by_key[key] = len(phases.declared)
        level = _open(phases, heading, by_key[key], level)
    return phases


def _open(phases: PhaseMap, heading: Heading, number: int, level: int) -> int:
    """Let a section begin and return its level; a line of text opens none, as it may stand in an overview."""
    if heading.level == TEXT:
        return level
    phases.starts.append(heading.line)
    phases.sections.append(number)
    return heading.level
