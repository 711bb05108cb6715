"""What the nightly check found wrong with a tracking file and its history."""

from collections.abc import Sequence

from tasks_lib.errors import Problem
from tasks_lib.pages.markdown import code_span, page, section, table
from tasks_lib.planning.invariants import Violation


def check_page(name: str, problems: Sequence[Problem], broken: Sequence[Violation]) -> str:
    """Return the page; ``name`` is the tracking file's."""
    clean = "" if problems or broken else "Nothing is wrong with the file or its history."
    return page(
        f"Check of {name}",
        clean,
        section("The file", table(("where", "what", "mend"), map(_problem, problems)) if problems else ""),
        section("The history", table(("commit", "what", "rule"), map(_violation, broken)) if broken else ""),
    )


def _problem(problem: Problem) -> dict[str, str]:
    where = f"line {problem.line}, {problem.severity}"
    return {"where": where, "what": problem.message, "mend": problem.hint}


def _violation(violation: Violation) -> dict[str, str]:
    what = f"{violation.message} ({violation.subject})"
    return {"commit": code_span(violation.sha[:10]), "what": what, "rule": violation.invariant}
