"""What of a Markdown file matters here: its headings and its tables, by the lines on which they stand."""

from dataclasses import dataclass, field

from tasks_lib.backlog.columns import Header
from tasks_lib.errors import Problem

ROW, TEXT = 7, 8
"""The levels of what is no heading: a row of an item table, a line of text."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading, or a line that may declare a phase; ``level`` is 1 to 6, ``ROW`` or ``TEXT``."""

    line: int
    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table by its lines, counted from 0: the header's, and those of the rows (``first`` up to ``end``)."""

    header_line: int
    first: int
    end: int
    header: Header


@dataclass(slots=True)
class Outline:
    """What the scan found, in file order.

    ``loose`` are lines with a leading pipe that stand in no table, ``conflicts`` are git's markers.
    """

    tables: list[Table] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    loose: list[int] = field(default_factory=list)
    conflicts: list[int] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
