"""Fuzz the tracking file's reader and writers with atheris, on demand.

    pip install atheris
    python tests/fuzz/fuzz_backlog.py -max_total_time=300 /tmp/found tests/backlog/corpus

Any exception but ``BacklogError`` and ``CellConflict`` is a defect, as is an edit that touches a second line,
a mended file that can be mended again, and a merge that changes what only one side changed.
"""

import contextlib
import sys

import atheris  # type: ignore[import-untyped]  # installed by hand where it is wanted

with atheris.instrument_imports():
    from tasks_lib.backlog import edit_backlog, fix_backlog, lint_backlog, merge_backlogs, parse_backlog
    from tasks_lib.errors import BacklogError, CellConflict, MissingColumn, Severity

VALUE = "a|b\n`c` <br> &#32; "


def check(data: bytes) -> None:
    """Hold every promise of the room against one input."""
    problems = lint_backlog(data)
    sound = not any(problem.severity is Severity.ERROR for problem in problems)
    if sound:
        check_edit(data)
    with contextlib.suppress(BacklogError):
        fixed = fix_backlog(data)
        assert fix_backlog(fixed) == fixed, "a mended file was mended again"
        assert merge_backlogs(data, fixed, data + b"\n") == fixed + b"\n" or not sound, (
            "a merge lost a change"
        )


def check_edit(data: bytes) -> None:
    """An edit of the first item says what was set, and changes one line unless it has to add the column."""
    for item in list(parse_backlog(data))[:1]:
        edited = edit_backlog(data, {item.id: {"description": VALUE}}, add_columns=True)
        assert parse_backlog(edited)[item.id].description == VALUE, "the value was not read back"
        with contextlib.suppress(MissingColumn):
            assert edit_backlog(data, {item.id: {"description": VALUE}}) == edited, (
                "a column was added in vain"
            )
            assert changed_lines(data, edited) <= 1, "an edit touched a second line"
        assert edit_backlog(data, {item.id: {}}) == data, "an empty edit changed the file"


def changed_lines(before: bytes, after: bytes) -> int:
    """Count the lines that differ; line ends count as part of their lines, and no line comes or goes."""
    pairs = zip(before.splitlines(keepends=True), after.splitlines(keepends=True), strict=True)
    return sum(old != new for old, new in pairs)


def fuzz_one(data: bytes) -> None:
    """Run the checks; conflicts are an answer too."""
    with contextlib.suppress(CellConflict):
        check(data)


if __name__ == "__main__":
    atheris.Setup(sys.argv, fuzz_one)
    atheris.Fuzz()
