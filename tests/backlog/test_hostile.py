"""Hostile input is answered, whatever it is made of. How long that takes is measured in ``benchmarks``."""

import contextlib
import importlib.util
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks_lib.backlog import edit_backlog, fix_backlog, lint_backlog, merge_backlogs, parse_backlog
from tasks_lib.backlog.document import MOST_ROWS
from tasks_lib.backlog.findings import MOST_ALIKE
from tasks_lib.backlog.source import MOST_LINES, read_source, write_source
from tasks_lib.errors import BacklogError, Severity

_SPEC = importlib.util.spec_from_file_location("hostile", Path(__file__).with_name("hostile.py"))
assert _SPEC
assert _SPEC.loader
hostile = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(hostile)

HEAD = "| id | status | description |\n|---|---|---|\n"
PIECES = [
    "|",
    "\n",
    "---",
    "`",
    "```",
    "<!--",
    "-->",
    "# Phase 1 ",
    "A-1",
    "A-2",
    " to ",
    "todo",
    "- ",
    "> ",
    "\\",
    "\t",
]
MARKDOWN = st.lists(st.sampled_from([*PIECES, HEAD]) | st.text(max_size=3), max_size=40).map("".join)


@pytest.mark.parametrize("name", hostile.HOSTILE)
def test_hostile_input_is_answered(name: str) -> None:
    """Lint returns, with a readable number of problems."""
    problems = lint_backlog(hostile.build(name, 20_000))
    assert len(problems) <= 10 * MOST_ALIKE


@given(st.binary(max_size=300) | MARKDOWN.map(lambda text: text.encode("utf-8", "replace")))
def test_any_bytes_are_read_or_refused_with_reasons(data: bytes) -> None:
    """Parsing gives items or a BacklogError with problems in file order; nothing else comes out."""
    problems = lint_backlog(data)
    assert list(problems) == sorted(problems)
    assert all(problem.line >= 1 and problem.column >= 1 and problem.code for problem in problems)
    errors = tuple(problem for problem in problems if problem.severity is Severity.ERROR)
    if not errors:
        assert edit_backlog(data, {item.id: {} for item in parse_backlog(data)}) == data
        return
    with pytest.raises(BacklogError) as caught:
        parse_backlog(data)
    assert caught.value.problems == errors


@given(st.text(max_size=60).map(lambda text: text.encode("utf-8", "replace")))
def test_lines_are_split_and_joined_without_loss(data: bytes) -> None:
    """Every line keeps its own end, and none holds another."""
    source = read_source(data)
    assert write_source(source) == data
    bodies = [line.removesuffix("\n").removesuffix("\r") for line in source.lines]
    assert not any(end in body for body in bodies for end in "\r\n")


@given(MARKDOWN, MARKDOWN)
def test_mending_and_merging_answer_too(one: str, other: str) -> None:
    """What can be read can be mended and merged with itself."""
    base, side = (
        HEAD.encode() + one.encode("utf-8", "replace"),
        HEAD.encode() + other.encode("utf-8", "replace"),
    )
    assert merge_backlogs(base, side, side) == side
    assert merge_backlogs(base, base, side) == side
    with contextlib.suppress(BacklogError):
        fixed = fix_backlog(base)
        assert fix_backlog(fixed) == fixed


def test_too_many_lines_are_refused() -> None:
    """A file of half a million lines is no tracking file."""
    [problem] = lint_backlog(b"\n" * (MOST_LINES + 1))
    assert problem.code == "too-many-lines"


def test_too_many_rows_are_refused() -> None:
    """The rows up to the limit are read, the rest is named."""
    rows = "".join(f"|A-{number}|todo|x|\n" for number in range(MOST_ROWS + 2))
    [problem] = lint_backlog((HEAD + rows).encode())
    assert (problem.code, problem.line) == ("too-many-rows", MOST_ROWS + 3)


def test_problems_of_one_kind_are_listed_up_to_a_limit() -> None:
    """The last one says that there are more."""
    rows = "| A | todo | x |\n" * (MOST_ALIKE + 5)
    problems = lint_backlog((HEAD + rows).encode())
    assert len(problems) == MOST_ALIKE + 1
    assert "more problems of this kind" in problems[-1].message


def test_a_status_change_on_ten_megabytes_rewrites_one_line() -> None:
    """Size does not matter to what an edit touches."""
    rows = "".join(f"| A-{number} | todo | {'word ' * 40}|\n" for number in range(48_000))
    data = (HEAD + rows).encode()
    assert len(data) > 10_000_000
    edited = edit_backlog(data, {"A-24000": {"status": "done"}})
    start = data.index(b"| A-24000 |")
    end = data.index(b"\n", start)
    assert edited[:start] == data[:start]
    assert edited[end:] == data[end:]
    assert edited[start:end] == data[start:end].replace(b"todo", b"done")
