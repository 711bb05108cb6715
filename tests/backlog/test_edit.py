"""Edits change the named cells and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks_lib.backlog import ItemId, edit_backlog, lint_backlog, parse_backlog
from tasks_lib.backlog.cells import escape, read_cells, split_cells, unescape
from tasks_lib.errors import BacklogError, MissingColumn

TABLE = """# Items

| id  | status      | description | notes |
|-----|-------------|-------------|-------|
| A-1 | not-started | One `a|b`   |       |
| A-2 | todo        | Two         | old   |

The end, with | pipes | in it.
"""
SOUND = TABLE.replace("a|b", "a\\|b").encode()
TEXT = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("|\\`<>&#;br \t\n\r"), max_size=40)


def _changed(before: bytes, after: bytes) -> list[tuple[str, str]]:
    pairs = zip(before.decode().splitlines(), after.decode().splitlines(), strict=True)
    return [(old, new) for old, new in pairs if old != new]


def test_one_cell_is_one_cell() -> None:
    """A shorter value is padded to the old width, so that the table stays aligned."""
    edited = edit_backlog(SOUND, {ItemId("A-2"): {"status": "done"}})
    assert _changed(SOUND, edited) == [
        ("| A-2 | todo        | Two         | old   |", "| A-2 | done        | Two         | old   |"),
    ]


def test_a_longer_value_moves_only_what_follows_it() -> None:
    """A value that does not fit keeps one space before the pipe."""
    edited = edit_backlog(SOUND, {"A-2": {"notes": "a longer note"}})
    assert _changed(SOUND, edited)[0][1] == "| A-2 | todo        | Two         | a longer note |"


def test_the_same_value_changes_no_byte() -> None:
    """A cell that says the value already is left alone."""
    assert edit_backlog(SOUND, {"A-2": {"status": "todo", "notes": "old"}}) == SOUND


def test_no_edit_changes_no_byte() -> None:
    """Even a file that is full of faults comes back as it went in."""
    assert edit_backlog(b"\xef\xbb\xbf| id |\r\n```\r", {}) == b"\xef\xbb\xbf| id |\r\n```\r"


def test_several_items_in_one_go() -> None:
    """Edits of several items and cells are made together."""
    edited = parse_backlog(
        edit_backlog(SOUND, {"A-1": {"status": "done", "notes": "x"}, "A-2": {"notes": ""}})
    )
    assert [(item.status, item.notes) for item in edited] == [("done", "x"), ("not-started", "")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_stay(end: str) -> None:
    """The line end of the edited row stays as well as all others."""
    data = SOUND.decode().replace("\n", end).encode()
    edited = edit_backlog(data, {"A-1": {"status": "done"}})
    assert edited.decode().replace(end, "\n") == edit_backlog(SOUND, {"A-1": {"status": "done"}}).decode()


@pytest.mark.parametrize(
    ("row", "column", "value", "expected"),
    [
        ("A-1 | todo | x", "description", "", "A-1 | todo | |"),
        ("A-1 | todo | x", "description", "y\\", "A-1 | todo | y\\"),
        ("A-1 | todo | x", "id", "A-2", "| A-2 | todo | x"),
        ("|A-1|todo|x|", "description", "y\\", "|A-1|todo|y\\ |"),
        ("|A-1|todo||", "description", "y", "|A-1|todo|y|"),
        ("| A-1 |", "description", "y", "| A-1 | | y |"),
        ("|\tA-1\t|\ttodo\t|\tx\t|", "status", "done", "|\tA-1\t|\tdone |\tx\t|"),
        ("| A-1 | 待处理 | x |", "status", "done", "| A-1 | done   | x |"),
        ("| A-1 | todo | x | y |", "description", "z", "| A-1 | todo | z | y |"),
    ],
)
def test_rows_of_every_make(row: str, column: str, value: str, expected: str) -> None:
    """Missing pipes, tabs, wide characters, missing and surplus cells are kept as they are."""
    data = f"| id | status | description |\n|---|---|---|\n{row}\n".encode()
    edited = edit_backlog(data, {"A-1": {column: value}})
    assert edited.decode().splitlines()[2] == expected
    assert read_cells(expected)[["id", "status", "description"].index(column)] == value


def test_columns_are_named_as_in_the_guide_or_as_written() -> None:
    """``depends_on`` finds ``Blocked by``; a column of the file's own is found by its name."""
    data = b"| id | status | task | Blocked by | Priority |\n|-|-|-|-|-|\n| A-1 | todo | x | | low |\n"
    edited = edit_backlog(data, {"A-1": {"depends_on": "A-7", "priority": "high", "description": "y"}})
    assert edited.endswith(b"| A-1 | todo | y | A-7 | high |\n")


def test_a_missing_column_is_named() -> None:
    """The error says which table lacks which column, and how to mend it."""
    with pytest.raises(MissingColumn) as caught:
        edit_backlog(SOUND, {"A-1": {"agent": "x"}})
    assert str(caught.value) == (
        "3:1: error [missing-column] the table of A-1 has no column 'agent' "
        "(add a column agent to the header in line 3)"
    )


def test_a_missing_column_is_added_on_request() -> None:
    """It is added to the item's table only, as the last one."""
    other = b"\n| id | status | branch |\n|---|---|---|\n| B-1 | todo | fix/b |\n"
    edited = edit_backlog(SOUND + other, {"A-2": {"agent": "bot", "used": "5K"}}, add_columns=True).decode()
    assert edited.splitlines()[2:6] == [
        "| id  | status      | description | notes | agent | used |",
        "|-----|-------------|-------------|-------| ----- | ---- |",
        "| A-1 | not-started | One `a\\|b`   |       |       |      |",
        "| A-2 | todo        | Two         | old   | bot   | 5K   |",
    ]
    assert edited.encode().endswith(other)
    assert parse_backlog(edited.encode())["A-2"].used == 5000


def test_columns_can_be_added_without_outer_pipes() -> None:
    """A table without outer pipes gets its column too."""
    data = b"id | status | task\n--- | --- | ---\nA-1 | todo | x\nA-2 | todo\n"
    edited = edit_backlog(data, {"A-1": {"notes": "n"}}, add_columns=True)
    assert parse_backlog(edited)["A-1"].notes == "n"
    assert [item.description for item in parse_backlog(edited)] == ["x", ""]


def test_an_unknown_item_is_an_error() -> None:
    """So is an item that is hidden by a fence that was never closed, and the fence is named."""
    with pytest.raises(BacklogError, match="no item 'A-9'"):
        edit_backlog(SOUND, {"A-9": {"status": "done"}})
    with pytest.raises(BacklogError, match="never closed"):
        edit_backlog(b"```\n" + SOUND, {"A-1": {"status": "done"}})


def test_an_item_that_stands_twice_is_not_edited() -> None:
    """Which of the rows is meant is not ours to guess; other items of that file can be edited."""
    data = SOUND.replace(
        b"A-2 | todo        | Two", b"A-2 | todo        | Two         | old   |\n| A-2 | todo        | Too"
    )
    with pytest.raises(BacklogError, match="lines 6 and 7"):
        edit_backlog(data, {"A-2": {"status": "done"}})
    assert len(_changed(data, edit_backlog(data, {"A-1": {"status": "done"}}))) == 1


def test_lone_surrogates_cannot_be_written() -> None:
    """They have no form in UTF-8."""
    with pytest.raises(BacklogError, match="bad-value"):
        edit_backlog(SOUND, {"A-1": {"notes": "\ud800"}})


@given(TEXT)
def test_unescape_is_the_inverse_of_escape(value: str) -> None:
    """Any text survives a cell, on one line and without a pipe of its own."""
    text = escape(value)
    assert unescape(text) == value
    assert split_cells(f"| {text} |") == [f" {text} "]


@given(TEXT)
def test_what_is_parsed_back_is_what_was_set(value: str) -> None:
    """Any text can be a note; the file stays sound."""
    edited = edit_backlog(SOUND, {"A-1": {"notes": value}})
    assert parse_backlog(edited)["A-1"].notes == value
    assert parse_backlog(edited)["A-2"] == parse_backlog(SOUND)["A-2"]
    assert lint_backlog(edited) == ()


@given(st.binary(max_size=200) | TEXT.map(lambda text: text.encode()), st.integers(0, 10), TEXT)
def test_edits_are_exact_in_any_surroundings(noise: bytes, place: int, value: str) -> None:
    """Between any bytes, an edit either fails with a BacklogError or changes its own cell only."""
    lines = SOUND.splitlines(keepends=True)
    data = b"".join([*lines[:place], noise, *lines[place:]])
    try:
        edited = edit_backlog(data, {"A-2": {"notes": value}})
    except BacklogError:
        return
    start = data.index(b"| A-2 |")
    end = data.index(b"\n", start) + 1
    assert edited.startswith(data[:start])
    assert edited.endswith(data[end:])
    old, new = data[start:end], edited[start : len(edited) - len(data) + end]
    pairs = zip(split_cells(old.decode()), split_cells(new.decode()), strict=True)
    assert [unescape(after.strip(" \t")) for before, after in pairs if before != after] in ([], [value])
    again = edit_backlog(edited, {"A-2": {"notes": value}})
    assert again == edited
