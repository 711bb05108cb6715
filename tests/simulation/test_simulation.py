"""Two orchestrators, two people and faults, by seed: sound runs keep every rule, and bugs are found."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.simulation.__main__ import main
from tests.simulation.history import BUGS, failing, live

ROOT = Path(__file__).parents[2]
HISTORIES = 200

TROUBLES = (
    *("is killed", "is frozen", "is asked to end", "late push", "away (", "cut off (", "clock (", "reboot ("),
    *("unlocks by force", "break the file", "delete the file", "delete ~", "reopen ~", "add ~"),
    *("lost the lock", "held by", "does not answer", "not recorded", "works"),
)


@pytest.mark.slow
def test_sound_runs_keep_every_rule_in_every_history() -> None:
    """Nothing is lost, done twice, begun too early, or left in progress; only one run writes at a time."""
    assert {history.seed: history.faults for history in failing(0, HISTORIES)} == {}


@pytest.mark.slow
@pytest.mark.parametrize("name", BUGS)
def test_every_seeded_bug_is_found(name: str) -> None:
    """A run with this one mistake breaks a rule in one of the histories that CI lives through."""
    assert next(failing(0, HISTORIES, BUGS[name]), None) is not None


def test_the_histories_are_full_of_trouble() -> None:
    """Every fault that is written down here takes place within the first few of them."""
    lines = [line for seed in range(40) for line in live(seed).steps]
    assert [trouble for trouble in TROUBLES if not any(trouble in line for line in lines)] == []


def test_a_seed_is_a_history() -> None:
    """In another process with other hashes the same seed gives the same steps."""
    command = "from tests.simulation.history import live; print('\\n'.join(live(3).steps))"
    told = [
        subprocess.run(
            [sys.executable, "-c", command],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": hashes},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.splitlines()
        for hashes in ("1", "2")
    ]
    assert told == [list(live(3).steps)] * 2


def test_the_command_tells_the_shortest_history_that_fails(capsys: pytest.CaptureFixture[str]) -> None:
    """With all failing seeds before it, and what is wrong after it."""
    assert main(["--histories", "3", "--bug", "forgetting_adopted_rows"]) == 1
    told = capsys.readouterr().out
    lengths = {seed: len(live(seed, BUGS["forgetting_adopted_rows"]).steps) for seed in range(3)}
    seeds = [int(seed) for seed in re.findall(r"^seed (\d+): ", told, re.MULTILINE)]
    shortest = min(seeds, key=lengths.__getitem__)
    assert f"The shortest, seed {shortest}, {lengths[shortest]} steps:" in told
    assert re.search(r"^finished: \S+ is .+ for ever$", told.partition("The shortest")[2], re.MULTILINE)


def test_the_page_on_tests_names_every_bug() -> None:
    """The table in docs/testing.md has each seeded bug, and no other."""
    page = (ROOT / "docs" / "testing.md").read_text()
    assert sorted(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)) == sorted(BUGS)
