"""docs/ui.md says what the code does."""

import re
from pathlib import Path

from tasks_lib.backlog.model import ItemId
from tasks_lib.pages import keys

DOCUMENT = Path(__file__).parents[2] / "docs" / "ui.md"


def test_the_table_of_keys_is_that_of_the_code() -> None:
    """Every page is in it, and nothing else."""
    item = ItemId("MS-SEC-001")
    names = (keys.STATUS, keys.PLAN, keys.SCHEDULE, keys.SUMMARY)
    made = (*names, keys.phase_gate(1), keys.attempt(item, 2), keys.failure(item))
    listed = re.findall(r"^\| `(mosaic-[^`]*)` \|", DOCUMENT.read_text(), re.MULTILINE)
    assert listed == [keys.key("mosaic", name) for name in made]


def test_the_spans_are_those_of_the_code() -> None:
    """A span that is made is in the document, and one that is there is made."""
    source = "".join(file.read_text() for file in (DOCUMENT.parents[1] / "tasks_lib").rglob("*.py"))
    made = set(re.findall(r'(?:@traced|\bspan)\(\s*"([a-z ]+)"', source))
    assert set(re.findall(r"`tasks-md\.([a-z ]+)`", DOCUMENT.read_text().split("## Traces")[1])) == made
