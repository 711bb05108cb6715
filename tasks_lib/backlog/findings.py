"""Problems, collected in any order and handed out in file order."""

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from tasks_lib.backlog.document import Document, Row
from tasks_lib.errors import Problem, Severity

MOST_ALIKE = 1_000
"""How many problems of one code are listed, so that what is said of a broken file stays readable."""


class Flaw(NamedTuple):
    """What is wrong with a text, before it is known where the text stands."""

    code: str
    message: str
    hint: str = ""
    severity: Severity = Severity.ERROR
    details: Mapping[str, object] | None = None


class Findings:
    """All that is wrong in a document."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._problems = list(document.outline.problems)
        self._seen: Counter[str] = Counter()

    def full(self, code: str) -> bool:
        """Tell whether enough problems of this code are noted, so that looking for more is in vain."""
        return self._seen[code] > MOST_ALIKE

    def at(self, row: Row, column: str, flaw: Flaw, word: str = "") -> None:
        """Note a flaw in a cell of a row, or in a word of it."""
        if not self.full(flaw.code):
            self.line(row.line, flaw, self._document.column(row, column, word))

    def line(self, line: int, flaw: Flaw, column: int = 1) -> None:
        """Note a flaw in a line, counted from 0."""
        if self.full(flaw.code):
            return
        self._seen[flaw.code] += 1
        if self.full(flaw.code):
            what = "there are more problems of this kind, which are not listed"
            flaw = flaw._replace(message=what, hint="mend those above first", details=None)
        self._problems.append(Problem(line + 1, column, *flaw))

    def sorted(self) -> tuple[Problem, ...]:
        """Return the problems in file order; after all others the cycles, as noted: the shortest first."""
        cycles = [problem for problem in self._problems if problem.code == "cycle"]
        return (*sorted(problem for problem in self._problems if problem.code != "cycle"), *cycles)
