"""Problems as people and machines want to read them."""

from collections.abc import Iterable, Sequence

from tasks_lib.errors import Problem, Severity


def as_text(problems: Iterable[Problem], path: str) -> str:
    """Return a line per problem, ``path:line:column: error [code] message (hint)``, and their count."""
    found = list(problems)
    lines = [f"{path}:{problem}" for problem in found]
    return "\n".join([*lines, f"{path}: {counted(found)}"])


def counted(problems: Sequence[Problem]) -> str:
    """Return ``2 errors, 1 warning``, or ``no problems``."""
    parts = []
    for severity in Severity:
        count = sum(problem.severity is severity for problem in problems)
        if count:
            parts.append(f"{count} {severity}{'s' if count > 1 else ''}")
    return ", ".join(parts) or "no problems"


def as_records(problems: Iterable[Problem], path: str) -> list[dict[str, object]]:
    """Return the problems as plain data for JSON; the keys are stable.

    Cycles have three more: ``cycle``, ``cuts``, and whether these are proven to be the ``fewest``.
    """
    return [
        {
            "file": path,
            "line": problem.line,
            "column": problem.column,
            "severity": str(problem.severity),
            "code": problem.code,
            "message": problem.message,
            "hint": problem.hint,
            **(problem.details or {}),
        }
        for problem in problems
    ]


def as_annotations(problems: Iterable[Problem], path: str) -> str:
    """Return the workflow commands that GitHub and Gitea show beside the lines of a change."""
    return "\n".join(
        f"::{problem.severity} file={_property(path)},line={problem.line},col={problem.column},"
        f"title={_property(problem.code)}::{_data(_words(problem))}"
        for problem in problems
    )


def _words(problem: Problem) -> str:
    return f"{problem.message} ({problem.hint})" if problem.hint else problem.message


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
