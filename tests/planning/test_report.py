"""What people read of a run."""

import pickle
from dataclasses import replace

import pytest

from tasks_lib.backlog.model import Backlog, ItemId, ItemStatus
from tasks_lib.planning.report import Reason, Report, ending, session_summary, status_rows
from tasks_lib.planning.words import clipped, ranges
from tasks_lib.ports import Ending, Outcome, Usage, Verdict
from tests.planning.conftest import backlog_of, item

DONE, FAILED = ItemStatus.DONE, ItemStatus.FAILED
GREEN, RED = Verdict("lint", passed=True), Verdict("test", passed=False, output="...\n2 failed\n")


def outcome(name: str, used: int, end: Ending = Ending.DONE) -> Outcome:
    return Outcome(ItemId(name), end, usage=Usage(output=used))


def half_way() -> Backlog:
    first = [item(f"MS-SEC-{n:03}", status=DONE) for n in (1, 2, 3)]
    rest = [item(f"MS-SEC-{n:03}", f"MS-SEC-{n - 1:03}") for n in range(4, 11)]
    later = [item("MS-HIGH-001", phase=2), item("MS-CQ-001", phase=3), item("MS-TEST-001", phase=4)]
    return backlog_of(*first, *rest, *later)


def test_the_summary_has_the_form_of_the_guide() -> None:
    """Completed with tokens, quality, remaining, next: line by line as the guide's template."""
    outcomes = (outcome("MS-SEC-001", 12_000), outcome("MS-SEC-002", 8_000), outcome("MS-SEC-003", 10_000))
    summary = session_summary(Report(half_way(), outcomes), "Session Summary (Compacting at 60%)")
    assert summary.splitlines() == [
        "Session Summary (Compacting at 60%):",
        "",
        "Completed: MS-SEC-001 (12K), MS-SEC-002 (8K), MS-SEC-003 (10K)",
        "Quality: 3 of 3 items passed their gates",
        "Remaining: MS-SEC-004 (ready), MS-SEC-005 through MS-SEC-010, Phase 2-4 items",
        "Next: MS-SEC-004",
    ]


def test_a_label_is_never_lost() -> None:
    """Figures that no model was paid for say so in the first line."""
    assert session_summary(Report(half_way(), label="replay")).startswith("Session Summary (replay):\n")


def test_what_earlier_runs_did_is_not_claimed() -> None:
    """Completed names this run's items; the others are only counted."""
    summary = session_summary(Report(half_way(), (outcome("MS-SEC-003", 10_000),)))
    assert "Completed: MS-SEC-003 (10K), 2 in earlier runs" in summary


def test_running_items_are_not_called_ready() -> None:
    """What was started and has not ended is at work, and the run is underway."""
    backlog = backlog_of(item("A-1", status=ItemStatus.IN_PROGRESS))
    report = Report(backlog, attempted=(ItemId("A-1"),))
    assert report.running == ("A-1",)
    assert report.reason is Reason.UNDERWAY
    assert session_summary(report).endswith("Remaining: A-1 (in-progress)\nNext: what is at work now")


def test_a_finished_run_says_so() -> None:
    """All done and every gate green: finished, nothing next."""
    report = Report(backlog_of(item("A-1", status=DONE)), (outcome("A-1", 420),), verdicts={1: [GREEN]})
    assert report.reason is Reason.FINISHED
    assert ending(report) == "Finished: 1 of 1 items are done."
    assert "Quality: 1 of 1 items passed their gates; phase 1 passed (lint)" in session_summary(report)


def test_done_items_are_not_a_finished_run_before_the_gates() -> None:
    """Between the last item and the last gate a run is underway; stopped there, it is stopped."""
    backlog = backlog_of(item("A-1", status=DONE), item("A-2", status=DONE, phase=2))
    report = Report(backlog, (outcome("A-2", 1),), verdicts={1: [GREEN]})
    assert report.reason is Reason.UNDERWAY
    assert "Remaining: the gate of phase 2\n" in session_summary(report)
    assert replace(report, stopped="no power").reason is Reason.STOPPED
    assert Report(backlog).reason is Reason.FINISHED


def test_a_red_gate_ends_a_run_even_when_all_is_done() -> None:
    """The final gate counts: done items do not make a finished run."""
    report = Report(backlog_of(item("A-1", status=DONE)), verdicts={1: [GREEN, RED]})
    assert report.reason is Reason.GATE_FAILED
    assert report.gates_passed == frozenset()
    assert ending(report).splitlines()[1] == "  phase 1: the gate test is red: 2 failed"
    assert "phase 1 FAILED: test" in session_summary(report)


def test_a_deadlock_is_explained() -> None:
    """Which items, blocked by what, and what would help."""
    backlog = backlog_of(item("A-1", status=FAILED, notes="lint is red"), item("A-2", "A-1"))
    report = Report(backlog, (outcome("A-1", 9_000, Ending.FAILED),))
    assert report.reason is Reason.DEADLOCK
    assert ending(report).splitlines() == [
        "Deadlock: 0 of 2 items are done.",
        "  A-1 failed (lint is red)",
        "  A-2 waits for A-1, which failed (lint is red)",
        "  what would help: find out why A-1 failed, then set its status to not-started (frees 2 items)",
    ]
    assert "Remaining: A-1 (failed), A-2\n" in session_summary(report)


def test_a_stopped_run_says_why() -> None:
    """A limit or a person ended it; the next run goes on."""
    report = Report(backlog_of(item("A-1")), stopped="the budget of 5 dollars is spent")
    assert report.reason is Reason.STOPPED
    assert ending(report).splitlines()[1] == "  the budget of 5 dollars is spent"


def test_a_report_travels_between_processes() -> None:
    """It can be pickled and is equal afterwards."""
    report = Report(half_way(), (outcome("MS-SEC-001", 1),), verdicts={1: (GREEN,)})
    assert pickle.loads(pickle.dumps(report)) == report  # noqa: S301 our own bytes


def test_rows_are_texts_for_a_table() -> None:
    """Figures and statuses as people write them, empty where there is nothing."""
    row = status_rows(backlog_of(item("A-1", estimate=38_500, used=4_200, repo="api")))[0]
    assert (row["id"], row["status"], row["estimate"], row["used"]) == ("A-1", "not-started", "38.5K", "4.2K")
    assert row["started_at"] == row["completed_at"] == ""


def test_pairs_are_no_ranges() -> None:
    """Three in a row become a range; gaps and other prefixes break it."""
    names = ["A-1", "A-2", "A-4", "A-5", "A-6", "B-7"]
    assert ranges(ItemId(name) for name in names) == ["A-1", "A-2", "A-4 through A-6", "B-7"]


@pytest.mark.parametrize(
    ("text", "clip"),
    [
        ("short", "short"),
        ("a\n b", "a b"),
        ("123456789", "123456789"),
        ("1234567890", "12345678…"),
        ("漢字漢字漢", "漢字漢字…"),
    ],
)
def test_labels_are_clipped_by_what_they_take_on_a_screen(text: str, clip: str) -> None:
    """One line; CJK characters count twice; what was cut ends with an ellipsis."""
    assert clipped(text, 9) == clip
