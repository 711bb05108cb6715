"""Variants of the example in which one item cannot be finished."""

from pathlib import Path

import pytest

from tests.demo.example import backlog, demo, history

pytestmark = pytest.mark.slow


def test_a_reported_blocker_ends_as_a_deadlock_that_names_it(tmp_path: Path) -> None:
    """One item is blocked, what depends on it waits, everything else of the phase is done."""
    ended = demo(tmp_path, "--variant", "blocker")

    items = backlog(tmp_path / "blocker" / "mosaic.git")
    assert ended.returncode == 1
    assert items["MS-SEC-008"].status == "blocked"
    assert items["MS-SEC-009"].status == "not-started"
    assert sum(item.done for item in items) == 8
    assert "MS-SEC-009 waits for MS-SEC-008, which is blocked" in ended.stdout


def test_an_item_that_never_passes_is_failed_after_its_attempts(tmp_path: Path) -> None:
    """Three attempts are noted, the item is failed with the gate's words, the rest of its phase is done."""
    ended = demo(tmp_path, "--variant", "never-passes")

    remote = tmp_path / "never-passes" / "mosaic.git"
    items = backlog(remote)
    assert ended.returncode == 1
    assert items["MS-SEC-004"].status == "failed"
    assert "gate typecheck" in items["MS-SEC-004"].notes
    assert items["MS-SEC-005"].status == "not-started"
    assert sum(item.done for item in items) == 8
    assert [line for line in history(remote, "main") if line.startswith("MS-SEC-004: attempt")] == [
        "MS-SEC-004: attempt 1 of 3 did not pass",
        "MS-SEC-004: attempt 2 of 3 did not pass",
    ]
