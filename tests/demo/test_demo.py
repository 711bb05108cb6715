"""The example from an untouched remote to a finished one, killed once on the way."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tasks_lib.backlog import parse_backlog
from tasks_lib.backlog.model import Backlog

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "mosaic"
COMMAND = (sys.executable, "-m", "tasks_lib.cli", "demo")
PLANNED = frozenset({"status", "agent", "started_at", "completed_at", "used", "notes"})


def git(remote: Path, *arguments: str) -> bytes:
    """Ask the remote: what counts is there, not what a run says of it."""
    return subprocess.run(["git", "-C", str(remote), *arguments], capture_output=True, check=True).stdout


def history(remote: Path, branch: str) -> list[str]:
    return git(remote, "log", "--reverse", "--first-parent", "--format=%s", branch).decode().splitlines()


def backlog(remote: Path) -> Backlog:
    return parse_backlog(git(remote, "show", "main:docs/tasks.md"))


def demo(home: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, "--directory", str(home), *options], capture_output=True, text=True, check=False, cwd=home
    )


def start_and_kill(home: Path, after: int) -> None:
    """Start the demo, and kill it with its children unasked when that many items are done."""
    with (home / "first.log").open("wb") as log:
        process = subprocess.Popen(
            [*COMMAND, "--directory", str(home)], stdout=log, stderr=log, cwd=home, start_new_session=True
        )
        remote = home / "mosaic.git"
        while process.poll() is None:
            made = (remote / "refs" / "heads" / "main").exists()
            if made and sum(item.done for item in backlog(remote)) >= after:
                os.killpg(process.pid, signal.SIGKILL)
            time.sleep(0.2)
    assert process.returncode == -signal.SIGKILL, (home / "first.log").read_text()


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The remote after a run that was killed after six items and then run again, and what that printed."""
    home = tmp_path_factory.mktemp("demo")
    start_and_kill(home, after=6)
    again = demo(home)
    assert again.returncode == 0, again.stdout + again.stderr
    return home / "mosaic.git", again.stdout


def test_every_item_is_done_with_agent_times_and_metered_tokens(finished: tuple[Path, str]) -> None:
    """The remote's own file says so, and labels what comes from a replay."""
    items = list(backlog(finished[0]))

    assert len(items) == 28
    for item in items:
        assert item.done, item
        assert item.agent == "claude-opus-5-5 (replay)"
        assert item.started_at is not None
        assert item.completed_at is not None
        assert item.started_at <= item.completed_at
        assert item.used is not None
        assert item.used > 0


def test_every_commit_is_on_its_pushed_branch(finished: tuple[Path, str]) -> None:
    """Of each item the integration branch has a merge whose second parent is on the item's branch."""
    remote = finished[0]
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


def test_no_byte_outside_the_planned_cells_has_changed(finished: tuple[Path, str]) -> None:
    """Prose, other tables, line ends and all other columns are as they were."""
    before = (EXAMPLE / "docs" / "tasks.md").read_bytes().split(b"\n")
    after = git(finished[0], "show", "main:docs/tasks.md").split(b"\n")
    assert len(after) == len(before)
    columns: list[str] = []
    for old, new in zip(before, after, strict=True):
        if old.startswith(b"| id "):
            columns = [cell.strip() for cell in old.decode().split("|")[1:-1]]
        if not old.startswith(b"| MS-"):
            assert new == old
            continue
        pairs = zip(columns, old.split(b"|")[1:-1], new.split(b"|")[1:-1], strict=True)
        assert {name for name, a, b in pairs if a != b} == PLANNED


def test_no_done_item_was_done_again_after_the_kill(finished: tuple[Path, str]) -> None:
    """Each item ends once and is merged once, although the first run was killed."""
    remote = finished[0]
    done = [line.split(":")[0] for line in history(remote, "main") if re.search(r": done \(", line)]
    merged = [line.split(":")[0] for line in history(remote, "integration") if line.startswith("Merge MS-")]

    assert sorted(done) == sorted(item.id for item in backlog(remote))
    assert sorted(merged) == sorted(f"Merge {item}" for item in done)


def test_items_start_after_what_they_depend_on_and_phases_after_each_other(
    finished: tuple[Path, str],
) -> None:
    """The history of the tracking branch shows the order of the plan."""
    log = history(finished[0], "main")
    items = backlog(finished[0])
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


def test_every_commit_of_the_history_keeps_what_is_promised(finished: tuple[Path, str]) -> None:
    """The kill included: tasks-md verify finds nothing."""
    command = [
        sys.executable,
        "-m",
        "tasks_lib.cli",
        "verify",
        str(finished[0]),
        "--integration",
        "integration",
    ]
    verified = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)

    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert verified.stdout.endswith("all invariants hold\n")


def test_at_least_three_items_needed_a_second_attempt(finished: tuple[Path, str]) -> None:
    """Their first commits failed a gate; the history says so."""
    refused = {
        line.split(":")[0] for line in history(finished[0], "main") if "attempt 1 of 3 did not pass" in line
    }

    assert refused >= {"MS-SEC-006", "MS-HIGH-003", "MS-CQ-006", "MS-TEST-002"}


def test_the_defects_are_really_mended(finished: tuple[Path, str], tmp_path: Path) -> None:
    """The acceptance tests, which no agent sees, fail on the example and pass on the integrated result."""
    mended = tmp_path / "mended"
    git(finished[0], "worktree", "add", "--detach", str(mended), "integration")

    assert _accepted(EXAMPLE) == set()
    assert _accepted(mended) == {item.id.lower().replace("-", "_") for item in backlog(finished[0])}


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


def test_the_summary_and_the_label_are_printed(finished: tuple[Path, str]) -> None:
    """What a person reads at the end: that it was a replay, the UI, the summary, what was checked."""
    printed = finished[1]

    assert "Going on with the unfinished demo" in printed
    assert "REPLAY" in printed
    assert re.search(r"Prefect UI: http://127\.0\.0\.1:\d+", printed)
    assert "Finished: 28 of 28 items are done." in printed
    assert "all commits are on their branches" in printed


def test_a_reported_blocker_ends_as_a_deadlock_that_names_it(tmp_path: Path) -> None:
    """One item is blocked, what depends on it waits, everything else of the phase is done."""
    ended = demo(tmp_path, "--variant", "blocker")

    items = backlog(tmp_path / "mosaic.git")
    assert ended.returncode == 1
    assert items["MS-SEC-008"].status == "blocked"
    assert items["MS-SEC-009"].status == "not-started"
    assert sum(item.done for item in items) == 8
    assert "MS-SEC-009 waits for MS-SEC-008, which is blocked" in ended.stdout


def test_an_item_that_never_passes_is_failed_after_its_attempts(tmp_path: Path) -> None:
    """Three attempts are noted, the item is failed with the gate's words, the rest of its phase is done."""
    ended = demo(tmp_path, "--variant", "never-passes")

    remote = tmp_path / "mosaic.git"
    items = backlog(remote)
    assert ended.returncode == 1
    assert items["MS-HIGH-004"].status == "failed"
    assert "gate" in items["MS-HIGH-004"].notes
    assert items["MS-HIGH-005"].status == "not-started"
    assert all(items[other].done for other in ("MS-HIGH-001", "MS-HIGH-002", "MS-HIGH-003", "MS-HIGH-006"))
    assert [line for line in history(remote, "main") if line.startswith("MS-HIGH-004: attempt")] == [
        "MS-HIGH-004: attempt 1 of 3 did not pass",
        "MS-HIGH-004: attempt 2 of 3 did not pass",
    ]
