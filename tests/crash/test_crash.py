"""Whatever is killed, and whenever: the next run finishes everything once, and nobody's edit is lost."""

import re
import shutil
from pathlib import Path

import pytest

from tests.crash.__main__ import parser
from tests.crash.deaths import AfterPush, AtCall, AtSyscall, Death, InCall
from tests.crash.story import calls_of_a_whole_run, killed_at_random, killed_in_turn, killed_once

pytestmark = pytest.mark.slow

PAGE = Path(__file__).parents[2] / "docs" / "testing.md"


def test_kills_at_random_moments_lose_nothing() -> None:
    """Every life but the last is killed somewhere, some go on on another machine, a person edits on."""
    tally = killed_at_random(seed=1, items=3)

    assert tally.faults == []
    assert tally.died > tally.items


def test_kills_between_the_calls_of_git_lose_nothing() -> None:
    """Lives die around ever later calls of git, before one and after the next."""
    calls = calls_of_a_whole_run(items=1)
    deaths = [AtCall(call, after=bool(call // 4 % 2)) for call in range(1, calls, 4)]

    tally = killed_in_turn(deaths, items=1)

    assert tally.faults == []
    assert tally.died == len(deaths)
    assert tally.begun_again > 0


def test_what_was_published_but_not_recorded_is_adopted() -> None:
    """A life that dies right after the push of the work leaves nothing to be done again."""
    tally = killed_once(AfterPush("integration"), items=1)

    assert tally.faults == []
    assert (tally.died, tally.begun_again, tally.adopted) == (1, 1, 1)


@pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed")
@pytest.mark.parametrize("death", [InCall(12, "write", 2), InCall(12, "fsync", 1), AtSyscall("unlink", 9)])
def test_kills_in_the_middle_of_a_system_call_lose_nothing(death: Death) -> None:
    """Half a file of git or of our own, and a push whose answer nobody hears, are no trouble."""
    tally = killed_once(death, items=1, daemon=True)

    assert tally.faults == []
    assert tally.died == 1


def test_the_page_on_tests_names_commands_that_can_be_called() -> None:
    """Each way of killing on demand is documented once, with options that are there."""
    commands = re.findall(r"-m tests\.crash (--[^#\n]*)", PAGE.read_text())
    called = [parser().parse_args(command.split()) for command in commands]

    assert [(each.calls, each.strace) for each in called] == [(False, False), (True, False), (False, True)]
    assert called[0].kills == 1000
