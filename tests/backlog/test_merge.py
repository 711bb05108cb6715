"""Two sides' changes of one file are merged cell by cell; nothing is lost."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks_lib.backlog import edit_backlog, merge_backlogs, parse_backlog
from tasks_lib.backlog.align import align
from tasks_lib.errors import CellConflict

HEAD = "| id | status | description | notes |\n|----|--------|-------------|-------|\n"
COLUMNS = ("id", "status", "description", "notes")
BASE = f"""# Items

Some prose.

{HEAD}| A-1 | todo | One | |
| A-2 | todo | Two | |
| A-3 | todo | Three | |

The end.
"""
Rows = dict[str, dict[str, str]]


def _merge(base: str, ours: str, theirs: str) -> str:
    return merge_backlogs(base.encode(), ours.encode(), theirs.encode()).decode()


def _edit(text: str, item: str, **cells: str) -> str:
    return edit_backlog(text.encode(), {item: cells}).decode()


def test_cells_of_one_row_come_from_both_sides() -> None:
    """A person's note and the orchestrator's status both stay."""
    ours, theirs = _edit(BASE, "A-2", status="done"), _edit(BASE, "A-2", notes="careful")
    assert _merge(BASE, ours, theirs) == _edit(ours, "A-2", notes="careful")


def test_prose_comes_from_who_wrote_it() -> None:
    """The orchestrator's cells stand in the person's text, line ends and all."""
    theirs = BASE.replace("Some prose.", "Other prose,\nlonger.").replace("The end.", "No end")
    ours = _edit(BASE, "A-2", status="done")
    assert _merge(BASE, ours, theirs) == _edit(theirs, "A-2", status="done")
    assert _merge(BASE, theirs, ours) == _edit(theirs, "A-2", status="done")


def test_a_reformatted_table_stays_reformatted() -> None:
    """Who aligns the table anew keeps that, with the other side's cells in it."""
    theirs = BASE.replace("| todo |", "| todo          |").replace("| status |", "| status        |")
    theirs = theirs.replace("|--------|", "|---------------|")
    merged = _merge(BASE, _edit(BASE, "A-2", status="in-progress"), theirs)
    assert "| A-2 | in-progress   | Two | |" in merged
    assert "| A-1 | todo          | One | |" in merged


def test_the_same_change_on_both_sides_is_no_conflict() -> None:
    """Both may come to the same value."""
    both = _edit(BASE, "A-1", status="done")
    assert _merge(BASE, _edit(both, "A-2", notes="x"), _edit(both, "A-3", notes="y")) == _edit(
        _edit(both, "A-2", notes="x"), "A-3", notes="y"
    )


def test_two_values_for_one_cell_are_a_conflict() -> None:
    """The error names item, column and all three values."""
    with pytest.raises(CellConflict) as caught:
        _merge(BASE, _edit(BASE, "A-2", status="done"), _edit(BASE, "A-2", status="failed"))
    conflict = caught.value
    assert (conflict.item, conflict.column) == ("A-2", "status")
    assert (conflict.base, conflict.ours, conflict.theirs) == ("todo", "done", "failed")


def test_two_texts_for_one_line_are_a_conflict() -> None:
    """Prose that both changed is not ours to choose."""
    with pytest.raises(CellConflict) as caught:
        _merge(BASE, BASE.replace("Some", "Our"), BASE.replace("Some", "Their"))
    conflict = caught.value
    assert (conflict.item, conflict.column) == ("the text", "line 3")
    assert (conflict.ours, conflict.theirs) == ("Our prose.\n", "Their prose.\n")


def test_rows_of_both_sides_are_added() -> None:
    """Even at the same place."""
    ours = BASE.replace("| A-3 | todo | Three | |\n", "| A-3 | todo | Three | |\n| A-4 | todo | Four | |\n")
    theirs = BASE.replace("| A-3 | todo | Three | |\n", "| A-3 | todo | Three | |\n| A-5 | todo | Five | |\n")
    assert [item.id for item in parse_backlog(_merge(BASE, ours, theirs).encode())] == [
        "A-1",
        "A-2",
        "A-3",
        "A-4",
        "A-5",
    ]


def test_a_removed_row_stays_removed() -> None:
    """When the other side did not change it; otherwise that is a conflict."""
    ours = BASE.replace("| A-2 | todo | Two | |\n", "")
    assert _merge(BASE, ours, _edit(BASE, "A-3", status="done")) == _edit(ours, "A-3", status="done")
    with pytest.raises(CellConflict) as caught:
        _merge(BASE, ours, _edit(BASE, "A-2", status="done"))
    assert (caught.value.item, caught.value.column, caught.value.ours, caught.value.theirs) == (
        "A-2",
        "status",
        "",
        "done",
    )


def test_a_moved_row_is_moved_with_the_other_sides_cells() -> None:
    """Order and content are changed independently."""
    moved = BASE.replace("| A-1 | todo | One | |\n", "").replace(
        "| A-3 | todo | Three | |\n", "| A-3 | todo | Three | |\n| A-1 | todo | One | |\n"
    )
    assert _merge(BASE, moved, _edit(BASE, "A-1", notes="x")) == _edit(moved, "A-1", notes="x")


def test_a_column_that_one_side_adds_is_kept() -> None:
    """The other side's rows get it too."""
    base = BASE.replace(" notes |", "").replace("-------|\n", "\n", 1).replace(" | |\n", " |\n")
    ours = edit_backlog(base.encode(), {"A-1": {"notes": "n"}}, add_columns=True).decode()
    theirs = base.replace("| A-3 | todo | Three |\n", "| A-3 | done | Three |\n| A-4 | todo | Four |\n")
    merged = parse_backlog(_merge(base, ours, theirs).encode())
    assert [(item.id, item.status, item.notes) for item in merged] == [
        ("A-1", "not-started", "n"),
        ("A-2", "not-started", ""),
        ("A-3", "done", ""),
        ("A-4", "not-started", ""),
    ]


def test_a_changed_cell_in_a_removed_column_is_a_conflict() -> None:
    """What a person wrote is not dropped with the column."""
    without = BASE.replace(" notes |", "").replace("-------|\n", "\n", 1).replace(" | |\n", " |\n")
    with pytest.raises(CellConflict) as caught:
        _merge(BASE, without, _edit(BASE, "A-2", notes="mine"))
    assert (caught.value.item, caught.value.column, caught.value.theirs) == ("A-2", "notes", "mine")
    assert _merge(BASE, without, _edit(BASE, "A-2", status="done")) == _edit(without, "A-2", status="done")


def test_rows_join_a_rewritten_text() -> None:
    """A row that one side adds next to lines that the other rewrites stands behind its old neighbour."""
    ours = BASE.replace(
        "| A-3 | todo | Three | |\n\nThe end.",
        "| A-3 | todo | Three | |\n| A-4 | todo | Four | |\n\nThe end.",
    )
    theirs = BASE.replace(
        "| A-3 | todo | Three | |\n\nThe end.", "| A-3 | done | Three | |\n\n## Notes\n\nMore."
    )
    merged = _merge(BASE, ours, theirs)
    assert merged.endswith("| A-3 | done | Three | |\n| A-4 | todo | Four | |\n\n## Notes\n\nMore.\n")
    assert _merge(BASE, theirs, ours) == merged


def test_ours_wins_nothing_by_being_first() -> None:
    """An unchanged side leaves the other as it is, to the byte, even where nothing can be read."""
    assert merge_backlogs(b"\xff", b"\xff", b"\xfe") == b"\xfe"
    assert merge_backlogs(b"\xff", b"\xfe", b"\xff") == b"\xfe"
    assert merge_backlogs(b"a", b"\xfe", b"\xfe") == b"\xfe"


def test_a_row_without_a_line_end_gets_one_when_others_follow() -> None:
    """No two rows are run together."""
    base = f"{HEAD}| A-1 | todo | One | |"
    ours, theirs = f"{base}\n| A-2 | todo | Two | |", f"{base}\n| A-3 | todo | Three | |"
    assert [item.id for item in parse_backlog(_merge(base, ours, theirs).encode())] == ["A-1", "A-2", "A-3"]


# An independent model: a file is a dictionary of rows; merging is one rule per cell.


@st.composite
def _sides(draw: st.DrawFn) -> tuple[Rows, Rows, Rows]:
    values = st.sampled_from(["", "x", "y|z"])
    states = st.sampled_from(["todo", "done", "failed"])

    def row() -> dict[str, str]:
        return {"status": draw(states), "description": draw(values), "notes": draw(values)}

    base: Rows = {f"A-{number}": row() for number in range(draw(st.integers(1, 5)))}
    sides = []
    for prefix in ("B", "C"):
        side = {name: dict(cells) for name, cells in base.items() if draw(st.integers(0, 5))}
        for cells in side.values():
            if draw(st.booleans()):
                cells[draw(st.sampled_from(COLUMNS[1:]))] = draw(values.filter(bool))
        for number in range(draw(st.integers(0, 2))):
            side[f"{prefix}-{number}"] = row()
        sides.append(side)
    return base, sides[0], sides[1]


def _text(rows: Rows, title: str = "title") -> str:
    lines = [
        f"| {name} | " + " | ".join(cell.replace("|", "\\|") for cell in cells.values()) + " |\n"
        for name, cells in rows.items()
    ]
    return f"# {title}\n\n{HEAD}{''.join(lines)}\nThe end.\n"


def _model(base: Rows, ours: Rows, theirs: Rows) -> Rows | None:
    """Return the merged rows, None where there is a conflict."""
    merged: Rows = {}
    for name in {**base, **ours, **theirs}:
        was, our, their = base.get(name), ours.get(name), theirs.get(name)
        if their in (our, was):
            chosen = our
        elif our == was:
            chosen = their
        elif was is None or our is None or their is None:
            return None
        else:
            chosen = {}
            for column, value in was.items():
                options = {our[column], their[column]} - {value} or {value}
                if len(options) > 1:
                    return None
                chosen[column] = options.pop()
        if chosen is not None:
            merged[name] = chosen
    return merged


def _rows(text: str) -> Rows:
    table = [line for line in text.splitlines() if line.startswith("| ") and line[2] in "ABC"]
    cells = [
        [cell.strip().replace("\0", "|") for cell in line.replace("\\|", "\0").split("|")[1:-1]]
        for line in table
    ]
    return {name: dict(zip(COLUMNS[1:], rest, strict=True)) for name, *rest in cells}


@given(_sides(), st.booleans())
def test_merging_is_what_the_model_says(sides: tuple[Rows, Rows, Rows], new_title: bool) -> None:  # noqa: FBT001 - drawn
    """Rows and cells are those of the model, and a conflict is raised exactly where the model has one."""
    base, ours, theirs = sides
    expected = _model(base, ours, theirs)
    texts = _text(base), _text(ours), _text(theirs, "new" if new_title else "title")
    if expected is None:
        with pytest.raises(CellConflict):
            _merge(*texts)
    else:
        merged = _merge(*texts)
        assert _rows(merged) == expected
        assert merged.startswith("# new" if new_title else "# title")
        assert merged.endswith("\n\nThe end.\n")


@given(st.lists(st.integers(0, 6), max_size=12), st.lists(st.integers(0, 6), max_size=12))
def test_alignment_pairs_equal_lines_in_order(base: list[int], side: list[int]) -> None:
    """Partners are equal, and their places only grow."""
    partners = align(base, side)
    pairs = [(place, other) for place, other in enumerate(partners) if other >= 0]
    assert all(base[place] == side[other] for place, other in pairs)
    assert all(first[1] < second[1] for first, second in pairwise(pairs))


@given(st.lists(st.integers(0, 6), max_size=12))
def test_a_text_is_aligned_with_itself(base: list[int]) -> None:
    """Every line is its own partner."""
    assert align(base, base) == list(range(len(base)))
