"""What a caller can set when a file is checked, and how problems are told."""

from datetime import UTC, datetime

import pytest

from tasks_lib.backlog import Branches, lint_backlog, parse_backlog
from tasks_lib.backlog.links import MOST_LINKS
from tasks_lib.backlog.names import repo_fault
from tasks_lib.backlog.scanner import MOST_HEADINGS
from tasks_lib.errors import BacklogError

HEAD = "| id | status | repo | branch | started_at |\n|---|---|---|---|---|\n"


def _codes(row: str, **options: object) -> list[str]:
    return [problem.code for problem in lint_backlog((HEAD + row).encode(), **options)]  # type: ignore[arg-type]  # keywords as they come


def test_the_branches_of_the_configuration_are_the_callers() -> None:
    """Its branches are kept from items, and so is what git could not hold beside them; none is forgotten."""
    row = "| A-1 | todo | api | {} | |"
    branches = Branches("plans", "stable", "next/all")
    for name in ("plans", "stable", "stable/x", "next", "next/all", "next/all/x", "main", "tasks-md-lock/x"):
        assert _codes(row.format(name), branches=branches) == ["bad-branch"]
        with pytest.raises(BacklogError, match="bad-branch"):
            parse_backlog((HEAD + row.format(name)).encode(), branches)
    assert _codes(row.format("stable")) == _codes(row.format("next/x"), branches=branches) == []


@pytest.mark.parametrize(
    "repo", ["https://example.org/a/b.git", "git@example.org:a/b.git", "ssh://git@example.org/a"]
)
def test_a_url_is_no_repo(repo: str) -> None:
    """A repo is a directory of the one repository that is worked on."""
    [problem] = lint_backlog((HEAD + f"| A-1 | todo | {repo} | | |").encode())
    assert problem.code == "bad-repo"
    assert "is a URL" in problem.message


def test_the_future_begins_where_the_caller_says() -> None:
    """Without a clock there is no future; clocks may differ by five minutes."""
    row = "| A-1 | in-progress | | | 2026-02-05T14:03:00Z |"
    assert _codes(row) == []
    assert _codes(row, now=datetime(2026, 2, 5, 14, 0, tzinfo=UTC)) == []
    assert _codes(row, now=datetime(2026, 2, 5, 13, 0, tzinfo=UTC)) == ["future-time"]


@pytest.mark.parametrize("name", ["api", "packages/web", "a.b", "分支", "apps/api/"])
def test_ordinary_repos_are_fine(name: str) -> None:
    """Relative paths."""
    assert repo_fault(name) == ""


@pytest.mark.parametrize(
    "name", ["a//b", "..", "C:\\x", "x" * 1001, ".git", "a\x00b", "~", "-C", "file:///etc"]
)
def test_odd_repos_are_not(name: str) -> None:
    """Nothing that leaves the root, and nothing that a command could misread."""
    assert repo_fault(name)


def test_all_errors_are_listed_at_once_in_file_order() -> None:
    """One run of the check is enough to mend a file."""
    rows = "| A-1 | x | ../a | -b | y |\n| A-1 | todo | | | |\n"
    with pytest.raises(BacklogError) as caught:
        parse_backlog((HEAD + rows).encode())
    assert [(problem.line, problem.column, problem.code) for problem in caught.value.problems] == [
        (3, 9, "bad-status"),
        (3, 13, "bad-repo"),
        (3, 20, "bad-branch"),
        (3, 25, "bad-time"),
        (4, 3, "duplicate-id"),
    ]


def test_an_unknown_id_is_pointed_at_within_its_cell() -> None:
    """The column is that of the word, not that of the cell."""
    data = b"| id | status | depends_on |\n|---|---|---|\n| A-1 | todo | |\n| A-2 | todo | A-1, A-9 |\n"
    [problem] = lint_backlog(data)
    assert (problem.line, problem.column, problem.code) == (4, 21, "unknown-dependency")


def test_too_many_dependencies_are_refused() -> None:
    """A million is enough."""
    count = 1_100
    names = ",".join(f"A-{number}" for number in range(count))
    rows = "".join(f"|A-{number}|todo|{names}|\n" for number in range(count))
    [problem] = lint_backlog(("|id|status|depends_on|\n|-|-|-|\n" + rows).encode())
    assert count * count > MOST_LINKS
    assert problem.code == "too-many-dependencies"


def test_too_many_headings_are_refused() -> None:
    """A tracking file is no book."""
    problems = lint_backlog(b"# Title\n" * (MOST_HEADINGS + 3))
    assert [problem.code for problem in problems] == ["no-items", "too-many-headings"]
