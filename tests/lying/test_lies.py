"""No lie becomes a false done, an escape or a canary that is out."""

import re

import pytest

from tasks_lib.ports import Ending
from tests.lying.behaviours import EVERY
from tests.lying.machine import MACHINE
from tests.lying.secrets import SECRETS
from tests.lying.stage import Lie, Stage

# What only tries to get out leaves the work alone: one agent can try all of it, one after the other.
CHORUSES = {"machine": MACHINE, "secrets": tuple(lie for lie in SECRETS if lie.ending is Ending.DONE)}
SUNG = {lie.name for lies in CHORUSES.values() for lie in lies}


@pytest.mark.parametrize(
    "lie",
    [lie for lie in EVERY if lie.name not in SUNG],
    ids=lambda lie: re.sub(r"[^a-z0-9]+", "-", lie.name),
)
def test_a_lie(lie: Lie, stage: Stage) -> None:
    """It ends as it must, the reason is told, and nothing was breached."""
    played = stage.play(lie)
    assert stage.breaches(played) == []
    assert (played.outcome.ending, played.outcome.notes) == (lie.ending, played.outcome.notes)
    assert lie.words in played.outcome.notes


@pytest.mark.parametrize("lies", CHORUSES.values(), ids=CHORUSES)
def test_a_chorus(lies: tuple[Lie, ...], stage: Stage) -> None:
    """An agent that tries everything gets nowhere, and its work is done."""
    played = stage.play(*lies)
    assert stage.breaches(played) == []
    assert {lie.ending for lie in lies} == {played.outcome.ending} == {Ending.DONE}
