"""``docs/tasks-md-format.md`` says what the code does."""

import re
from pathlib import Path

from tasks_lib.backlog import COLUMNS, PROTECTED_BRANCHES, lint_backlog
from tasks_lib.backlog.columns import MODEL, PHASE, SYNONYMS
from tasks_lib.backlog.marks import NONE_WORDS
from tasks_lib.backlog.statuses import SIGNS, WORDS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/tasks-md-format.md").read_text("utf-8")
ROWS = [
    [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
    for line in PAGE.splitlines()
    if line.startswith("| `")
]


def test_every_column_is_listed_with_its_other_names() -> None:
    """In the order of the guide, then those that are read when they are there."""
    listed = {row[0].strip("`"): row[3].split(", ") for row in ROWS if len(row) == 4}
    assert list(listed) == [*COLUMNS, MODEL, PHASE]
    assert listed == {name: list(others) for name, others in SYNONYMS.items()}


def test_every_status_is_listed_with_its_words_and_signs() -> None:
    """All that is understood is in the table."""
    listed = {
        row[0].strip("`"): (row[1].split(", "), row[2]) for row in ROWS if row[0].strip("`") in list(WORDS)
    }
    assert listed.keys() == WORDS.keys()
    for status, words in WORDS.items():
        assert listed[status][0] == list(words)
        assert all(sign in listed[status][1] for sign in SIGNS[status])


def test_every_code_is_listed() -> None:
    """Each code in the sources has a row, and each row a code."""
    sources = "".join(path.read_text("utf-8") for path in (ROOT / "tasks_lib/backlog").glob("*.py"))
    listed = [row[0].strip("`") for row in ROWS if len(row) == 3 and row[1] in {"error", "warning"}]
    assert [code for code in listed if f'"{code}"' not in sources] == []
    expected = (ROOT / "tests/backlog/corpus/expected.toml").read_text("utf-8")
    met = set(re.findall(r'"\d+ ([a-z0-9-]+) ', expected))
    made = set(re.findall(r'(?:Flaw|Problem)\(\s*(?:[^"()]*,\s*)?"([a-z0-9-]+)"', sources))
    assert (met | made) - set(listed) == set()


def test_the_ways_to_write_none_and_the_protected_branches_are_listed() -> None:
    """Each word in backticks."""
    assert [word for word in {*NONE_WORDS, *PROTECTED_BRANCHES} - {""} if f"`{word}`" not in PAGE] == []


def test_the_page_holds_no_items_of_its_own() -> None:
    """Its example stands in a fence, so the page itself is a file without items."""
    assert [problem.code for problem in lint_backlog(PAGE.encode())] == ["no-items"]
