"""No lie becomes a false done, an escape or a canary that is out."""

import re

import pytest

from tests.lying.behaviours import EVERY
from tests.lying.stage import Lie, Stage


@pytest.mark.parametrize("lie", EVERY, ids=lambda lie: re.sub(r"[^a-z0-9]+", "-", lie.name))
def test_a_lie(lie: Lie, stage: Stage) -> None:
    """It ends as it must, the reason is told, and nothing was breached."""
    played = stage.play(lie)
    assert stage.breaches(played) == []
    assert (played.outcome.ending, played.outcome.notes) == (lie.ending, played.outcome.notes)
    assert lie.words in played.outcome.notes
