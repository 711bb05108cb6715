"""Problems, collected in any order and handed out in file order."""

from collections import Counter
from typing import NamedTuple

from tasks_lib.backlog.document import Document, Row
from tasks_lib.errors import Problem, Severity

MOST_ALIKE = 1_000
"""How many problems of one code are listed; the rest is counted, so that a broken file stays readable."""


class Flaw(NamedTuple):
    """What is wrong with a text, before it is known where the text stands."""

    code: str
    message: str
    hint: str = ""
    severity: Severity = Severity.ERROR


class Findings:
    """All that is wrong in a document."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._problems = list(document.outline.problems)
        self._seen: Counter[str] = Counter()
        self._more: dict[str, Problem] = {}

    def at(self, row: Row, column: str, flaw: Flaw) -> None:
        """Note a flaw in a cell of a row."""
        if self._seen[flaw.code] < MOST_ALIKE:
            self.line(row.line, flaw, self._document.column(row, column))
        else:
            self.line(row.line, flaw)

    def line(self, line: int, flaw: Flaw, column: int = 1) -> None:
        """Note a flaw in a line, counted from 0."""
        self._seen[flaw.code] += 1
        problem = Problem(line + 1, column, *flaw)
        if self._seen[flaw.code] <= MOST_ALIKE:
            self._problems.append(problem)
        else:
            self._more.setdefault(flaw.code, problem)

    def sorted(self) -> tuple[Problem, ...]:
        """Return the problems in file order; those above ``MOST_ALIKE`` as one that counts them."""
        return tuple(sorted([*self._problems, *(self._rest(problem) for problem in self._more.values())]))

    def _rest(self, problem: Problem) -> Problem:
        count = self._seen[problem.code] - MOST_ALIKE
        what = f"from here on {count} more of this kind are not listed"
        return Problem(problem.line, problem.column, problem.code, what, problem.hint, problem.severity)
