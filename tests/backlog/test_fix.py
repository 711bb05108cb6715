"""The missing side of a dependency is written, in the style of the file."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks_lib.backlog import fix_backlog, lint_backlog, parse_backlog
from tasks_lib.errors import BacklogError

HEAD = "| id | status | description | depends_on | blocks |\n|---|---|---|---|---|\n"
IDS = [f"A-{number}" for number in range(1, 6)]


def _table(cells: list[tuple[str, str]]) -> bytes:
    rows = [
        f"| {name} | todo | x | {needs} | {blocks} |\n"
        for name, (needs, blocks) in zip(IDS, cells, strict=False)
    ]
    return (HEAD + "".join(rows)).encode()


@pytest.mark.parametrize(
    ("blocks", "written"),
    [
        ("", "A-2,A-3"),
        ("—", "A-2,A-3"),
        ("A-3", "A-3,A-2"),
        ("[A-3]", "[A-3,A-2]"),
        ("A-3; A-4", "A-3; A-4; A-2"),
        ("`A-3`, A-4", "`A-3`, A-4, A-2"),
    ],
)
def test_blocks_gets_what_it_lacks(blocks: str, written: str) -> None:
    """What stands in the cell stays, with its separators and brackets."""
    needs_four = "A-1" if "A-4" in blocks else ""
    fixed = fix_backlog(_table([("", blocks), ("A-1", ""), ("A-1", ""), (needs_four, "")]))
    assert fixed.decode().splitlines()[2] == f"| A-1 | todo | x |  | {written} |"


def test_depends_on_gets_what_it_lacks() -> None:
    """An item that another one blocks depends on that one."""
    fixed = fix_backlog(_table([("", "A-2"), ("", "")]))
    assert parse_backlog(fixed)["A-2"].depends_on == ("A-1",)


def test_a_missing_column_depends_on_is_added_and_blocks_is_not() -> None:
    """Only ``depends_on`` decides what runs, so only that is worth a column."""
    blocks_only = b"| id | status | blocks |\n|---|---|---|\n| A-1 | todo | A-2 |\n| A-2 | todo | |\n"
    assert parse_backlog(fix_backlog(blocks_only))["A-2"].depends_on == ("A-1",)
    needs_only = b"| id | status | depends_on |\n|---|---|---|\n| A-1 | todo | |\n| A-2 | todo | A-1 |\n"
    assert fix_backlog(needs_only) == needs_only


def test_a_sound_file_stays_as_it_is() -> None:
    """Nothing to mend, nothing to write."""
    data = _table([("", "A-2"), ("A-1", "")])
    assert fix_backlog(data) == data


def test_what_is_not_utf8_cannot_be_mended() -> None:
    """The error is that of reading."""
    with pytest.raises(BacklogError, match="not-utf8"):
        fix_backlog(b"\xff\xfe|")


@given(
    st.lists(st.tuples(*[st.sets(st.sampled_from([*IDS, "B-9"])).map(", ".join)] * 2), min_size=5, max_size=5)
)
def test_mending_is_complete_and_done_once(cells: list[tuple[str, str]]) -> None:
    """Afterwards no side is missing, no other fault is gone, and a second time changes nothing."""
    data = _table(cells)
    fixed = fix_backlog(data)
    codes = {problem.code for problem in lint_backlog(fixed)}
    assert not codes & {"missing-blocks", "missing-dependency"}
    assert codes >= {problem.code for problem in lint_backlog(data)} - {
        "missing-blocks",
        "missing-dependency",
    }
    assert fix_backlog(fixed) == fixed
