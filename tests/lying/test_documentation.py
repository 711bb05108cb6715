"""docs/security.md tells of every lie, as it is tested."""

from tasks_lib.ports import Ending
from tests.lying.behaviours import EVERY
from tests.lying.table import PAGE, page


def test_the_table_is_the_suite() -> None:
    """Every lie has its row; ``python -m tests.lying`` writes them."""
    assert PAGE.read_text(encoding="utf-8") == page()


def test_every_refusal_has_its_reason_in_the_row() -> None:
    """Its words are looked for in the outcome of the lie."""
    assert [lie.name for lie in EVERY if lie.ending is not Ending.DONE and not lie.words] == []


def test_no_lie_is_told_twice() -> None:
    """Each has a name of its own, and there are many."""
    assert len({lie.name for lie in EVERY}) == len(EVERY) >= 60
