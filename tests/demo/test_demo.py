"""The example from an untouched remote to a finished one, killed once on the way."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.demo.example import EXAMPLE, ROOT, Person, backlog, demo, git, history, start_and_kill

pytestmark = pytest.mark.slow

PLANNED = frozenset({"status", "agent", "started_at", "completed_at", "used", "notes"})


@dataclass(frozen=True)
class Finished:
    """A finished demo: its remote, what its last run printed, how often a person edited meanwhile."""

    remote: Path
    printed: str
    edits: int


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """Run the demo, kill it after six items, run it again, with a person who edits once a second."""
    home = tmp_path_factory.mktemp("demo")
    person = Person(home / "mosaic.git")
    with person.at_work():
        start_and_kill(home, after=6)
        again = demo(home)
    assert again.returncode == 0, again.stdout + again.stderr
    return Finished(home / "mosaic.git", again.stdout, person.edits)


def test_every_item_is_done_with_agent_times_and_metered_tokens(finished: Finished) -> None:
    """The remote's own file says so, and labels what comes from a replay."""
    items = list(backlog(finished.remote))

    assert len(items) == 28
    for item in items:
        assert item.done, item
        assert item.agent == "claude-opus-5-5 (replay)"
        assert item.started_at is not None
        assert item.completed_at is not None
        assert item.started_at <= item.completed_at
        assert item.used is not None
        assert item.used > 0


def test_every_commit_is_on_its_pushed_branch(finished: Finished) -> None:
    """Of each item the integration branch has a merge whose second parent is on the item's branch."""
    remote = finished.remote
    log = git(
        remote,
        "log",
        "--first-parent",
        "--merges",
        "--format=%P %(trailers:key=Item,valueonly)",
        "integration",
    )
    merged = {line.split()[2]: line.split()[1] for line in log.decode().splitlines() if line}

    assert len(merged) == 28
    for item in backlog(remote):
        branches = (
            git(remote, "branch", "--format=%(refname:short)", "--contains", merged[item.id]).decode().split()
        )
        assert item.branch in branches


def test_no_byte_outside_the_planned_cells_has_changed(finished: Finished) -> None:
    """Prose, other tables, line ends and all other columns are as they were, or as the person made them."""
    before = (EXAMPLE / "docs" / "tasks.md").read_bytes().split(b"\n")
    after = git(finished.remote, "show", "main:docs/tasks.md").split(b"\n")
    assert after[len(before) - 1 :] == [*(b"- edit %d" % n for n in range(1, finished.edits + 1)), b""]
    columns: list[str] = []
    for old, new in zip(before[:-1], after[: len(before) - 1], strict=True):
        if old.startswith(b"| id "):
            columns = [cell.strip() for cell in old.decode().split("|")[1:-1]]
        if not old.startswith(b"| MS-"):
            assert new == old
            continue
        pairs = zip(columns, old.split(b"|")[1:-1], new.split(b"|")[1:-1], strict=True)
        by_person = {"issue"} if old.startswith(b"| MS-TEST-005 ") else set()
        assert {name for name, a, b in pairs if a != b} == PLANNED | by_person


def test_every_edit_of_a_person_is_there(finished: Finished) -> None:
    """Once a second somebody pushed: every commit is in the history, and the last value in its cell."""
    edits = [line for line in history(finished.remote, "main") if line.startswith("Edit ")]

    assert finished.edits > 0
    assert edits == [f"Edit {number}" for number in range(1, finished.edits + 1)]
    assert backlog(finished.remote)["MS-TEST-005"].issue == finished.edits


def test_no_done_item_was_done_again_after_the_kill(finished: Finished) -> None:
    """Each item ends once and is merged once, although the first run was killed."""
    remote = finished.remote
    done = [line.split(":")[0] for line in history(remote, "main") if re.search(r": done \(", line)]
    merged = [line.split(":")[0] for line in history(remote, "integration") if line.startswith("Merge MS-")]

    assert sorted(done) == sorted(item.id for item in backlog(remote))
    assert sorted(merged) == sorted(f"Merge {item}" for item in done)


def test_items_start_after_what_they_depend_on_and_phases_after_each_other(
    finished: Finished,
) -> None:
    """The history of the tracking branch shows the order of the plan."""
    log = history(finished.remote, "main")
    items = backlog(finished.remote)
    begun = {
        item.id: max(n for n, line in enumerate(log) if line.startswith(f"{item.id}: in-progress"))
        for item in items
    }
    ended = {
        item.id: next(n for n, line in enumerate(log) if line.startswith(f"{item.id}: done"))
        for item in items
    }

    for item in items:
        assert all(ended[other] < begun[item.id] for other in item.depends_on)
        assert all(ended[other.id] < begun[item.id] for other in items if other.phase < item.phase)


def test_every_commit_of_the_history_keeps_what_is_promised(finished: Finished) -> None:
    """The kill included: tasks-md verify finds nothing."""
    command = [
        sys.executable,
        "-m",
        "tasks_lib.cli",
        "verify",
        str(finished.remote),
        "--integration",
        "integration",
    ]
    verified = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)

    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert verified.stdout.endswith("all invariants hold\n")


def test_at_least_three_items_needed_a_second_attempt(finished: Finished) -> None:
    """Their first commits failed a gate; the history says so."""
    refused = {
        line.split(":")[0]
        for line in history(finished.remote, "main")
        if "attempt 1 of 3 did not pass" in line
    }

    assert refused >= {"MS-SEC-006", "MS-HIGH-003", "MS-CQ-006", "MS-TEST-002"}


def test_the_defects_are_really_mended(finished: Finished, tmp_path: Path) -> None:
    """The acceptance tests, which no agent sees, fail on the example and pass on the integrated result."""
    mended = tmp_path / "mended"
    git(finished.remote, "worktree", "add", "--detach", str(mended), "integration")

    assert _accepted(EXAMPLE) == set()
    assert _accepted(mended) == {item.id.lower().replace("-", "_") for item in backlog(finished.remote)}


def _accepted(checkout: Path) -> set[str]:
    """Return the items whose acceptance tests all pass on a checkout."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-rA",
        "--tb=no",
        "-c",
        "/dev/null",
    ]
    answer = subprocess.run(
        [*command, str(ROOT / "examples" / "acceptance")],
        env={**os.environ, "MOSAIC_ROOT": str(checkout), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    found = {
        verdict: set(re.findall(rf"^{verdict} \S*test_(ms_\w+?)\.py", answer, re.MULTILINE))
        for verdict in ("PASSED", "FAILED", "ERROR")
    }
    assert found["PASSED"] | found["FAILED"], answer
    return found["PASSED"] - found["FAILED"] - found["ERROR"]


def test_the_summary_and_the_label_are_printed(finished: Finished) -> None:
    """What a person reads at the end: that it was a replay, the UI, the summary, what was checked."""
    printed = finished.printed

    assert "Going on with the unfinished demo" in printed
    assert "REPLAY" in printed
    assert re.search(r"Prefect UI: http://127\.0\.0\.1:\d+", printed)
    assert "Finished: 28 of 28 items are done." in printed
    assert "all commits are on their branches" in printed
