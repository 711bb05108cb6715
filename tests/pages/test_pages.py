"""What a person reads of a run."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tasks_lib.backlog.model import Backlog, Item, ItemId, ItemStatus, Phase
from tasks_lib.pages import keys
from tasks_lib.pages.attempt import UNMETERED, attempt_page
from tasks_lib.pages.board import board_page
from tasks_lib.pages.failure import failure_page
from tasks_lib.pages.gate import phase_gate_page
from tasks_lib.pages.links import Links
from tasks_lib.pages.plan import LONGEST, plan_page
from tasks_lib.pages.schedule import schedule_page
from tasks_lib.pages.summary import summary_page
from tasks_lib.planning.report import Report, session_summary
from tasks_lib.ports import (
    Attempt,
    Brief,
    Claim,
    ClaimStatus,
    Ending,
    Harvest,
    Outcome,
    Usage,
    Verdict,
    Work,
)
from tests.planning.conftest import backlog_of, item

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
LINKS = Links("mosaic", "http://ui/v2", "https://git.example/o/r/src/branch/", {ItemId("A-1"): "run-1"})
RED = Verdict("lint", passed=False, output="```\n| not a cell", remark="fails on the base as well")


def timed(name: str, *, minutes: int, branch: str = "") -> Item:
    """A finished item that ended at noon."""
    return item(
        name,
        status=ItemStatus.DONE,
        estimate=5_000,
        used=4_200,
        started_at=NOON - timedelta(minutes=minutes),
        completed_at=NOON,
        branch=branch,
        agent="claude",
    )


def half_way() -> Backlog:
    """One done, one failed, one that waits for it, one at work, one of the next phase."""
    return backlog_of(
        timed("A-1", minutes=12, branch="fix/a"),
        item("A-2", status=ItemStatus.FAILED, notes="gate lint failed: <b>|x"),
        item("A-3", "A-2"),
        item(
            "A-4",
            status=ItemStatus.IN_PROGRESS,
            started_at=NOON - timedelta(minutes=2),
            notes="attempt 1 of 3: gate test failed",
        ),
        item("B-1", "A-1", phase=2, estimate=10_000),
    )


def row(page: str, name: str) -> str:
    """Return the line of an item's row."""
    return next(line for line in page.splitlines() if line.startswith("|") and name in line.split("|")[1])


def test_the_board_says_first_what_needs_a_person() -> None:
    """Failed items stand above all tables, with the way to the reason and to another try."""
    links = replace(LINKS, retries={ItemId("A-2"): "http://ui/v2/deployments/deployment/1/run"})
    page = board_page(Report(half_way()), links)
    needs, tables = page.split("## Phase 1")
    assert "1 of 5 items done" in page.splitlines()[0]
    assert "A-2 failed: gate lint failed: \\<b\\>\\|x" in needs
    assert "[why](http://ui/v2/artifacts/key/mosaic-a-2-failure)" in needs
    assert "[retry](http://ui/v2/deployments/deployment/1/run)" in needs
    assert "A-1" in tables


def test_the_board_has_a_row_for_every_item() -> None:
    """Status, attempt, time, used against estimate, cost, branch, pull request and why it waits."""
    done = Outcome(
        ItemId("A-1"),
        Ending.DONE,
        usage=Usage(cost=0.12),
        attempts=2,
        pull_request="https://git.example/o/r/pulls/7",
    )
    page = board_page(Report(half_way(), (done,), label="replay"), LINKS)
    assert "Figures of a replay." in page
    first = row(page, "A-1")
    assert "[A-1](http://ui/v2/runs/task-run/run-1)" in first
    for part in (
        "✅ done, attempt 2",
        "12 min",
        "4.2K of 5K",
        "\\$0.12",
        "claude",
        "[\\#7](https://git.example",
    ):
        assert part in first
    assert "[fix/a](https://git.example/o/r/src/branch/fix/a)" in first
    assert "A-3 waits for A-2, which failed" in row(page, "A-3")
    assert "in-progress, attempt 2" in row(page, "A-4")
    assert "since 11:58 UTC" in row(page, "A-4")
    assert "waits for phase 1" in row(page, "B-1")


def test_the_board_changes_only_with_the_backlog() -> None:
    """It names times and no ages, so that nothing is sent while nothing happens."""
    assert board_page(Report(half_way()), LINKS) == board_page(Report(half_way()), LINKS)


def test_the_schedule_shows_what_was_and_what_may_be() -> None:
    """A bar for each item that was at work; the rest follow the dependencies at the measured pace."""
    backlog = backlog_of(
        timed("A-1", minutes=10),
        item("A-2", estimate=10_000),
        item("A-3", "A-2", estimate=5_000),
    )
    page = schedule_page(backlog, LINKS, parallel=2, now=NOON)
    assert "A-1 :done, 2026-11-22T11:50:00, 2026-11-22T12:00:00" in page
    assert "A-2 expected :2026-11-22T12:00:00, 2026-11-22T12:20:00" in page
    assert "A-3 expected :2026-11-22T12:20:00, 2026-11-22T12:30:00" in page
    assert "2 items to come, until about 2026-11-22 12:30 UTC" in page


def test_items_of_one_branch_follow_each_other_in_the_schedule() -> None:
    """The forecast keeps what a run keeps: one item at a time on a branch, so many agents at once."""
    rest = [item(f"A-{n}", estimate=5_000, branch="fix/a" if n < 4 else "") for n in (2, 3, 4)]
    backlog = backlog_of(timed("A-1", minutes=10), *rest)
    page = schedule_page(backlog, LINKS, parallel=4, now=NOON)
    assert "A-2 expected :2026-11-22T12:00:00" in page
    assert "A-3 expected :2026-11-22T12:10:00" in page
    assert "A-4 expected :2026-11-22T12:00:00" in page


def test_a_title_is_no_mermaid() -> None:
    """What a phase is called is not in the picture: there is no room, and it could say anything to it."""
    backlog = half_way()
    phases = (
        replace(backlog.phases[0], title="X\n  click A-1 href javascript: ;# %%{init}%%"),
        backlog.phases[1],
    )
    page = schedule_page(Backlog(backlog.items, phases), LINKS, parallel=1, now=NOON)
    assert "  section Phase 1\n  A-1 :" in page
    assert "click" not in page


def test_without_times_the_schedule_says_what_is_missing() -> None:
    """Nothing is made up before the first item was timed."""
    page = schedule_page(backlog_of(item("A-1")), LINKS, parallel=1, now=NOON)
    assert "No item has been timed yet" in page
    assert "```mermaid" not in page


def test_the_plan_is_drawn_and_written() -> None:
    """A graph, and the waves in words."""
    page = plan_page(half_way(), LINKS)
    assert "```mermaid\nflowchart LR" in page
    assert "A_2 --> A_3" in page
    assert "Plan: 1 item to do" in page


def test_a_large_plan_is_drawn_in_parts() -> None:
    """Mermaid draws no graph above its limits: then each phase has one of its own."""
    many = [item(f"A-{n}", phase=1 + n // 200, description="x" * 40) for n in range(1, 600)]
    page = plan_page(backlog_of(*many), LINKS)
    graphs = page.split("```mermaid\n")[1:]
    assert len(graphs) == 3
    assert all(len(graph.split("```")[0]) <= LONGEST for graph in graphs)


def test_the_summary_is_the_guides_and_leads_on() -> None:
    """The words of the guide stand as they are, then what to look at."""
    report = Report(half_way())
    page = summary_page(report, LINKS)
    assert session_summary(report) in page
    assert "A-2: [why](http://ui/v2/artifacts/key/mosaic-a-2-failure)" in page


def failed_attempt(number: int) -> Attempt:
    claim = Claim(ItemId("A-2"), ClaimStatus.SUCCESS, commit="f" * 40, used="1K")
    work = Work(claim, Usage(output=2_000, cost=0.5), transcript=Path("/t/A-2.jsonl"))
    harvest = Harvest("a" * 40, "fix/a", ("src/`x`.py",), "fix: *all*", flags=("changes CI: ci.yml",))
    return Attempt(number, work, (Verdict("test", passed=True, seconds=2), RED), harvest, "gate lint failed")


def test_the_failure_page_has_all_that_is_needed_in_the_morning() -> None:
    """Why, what to do, the gate's words, the change with its flags, the last turns, every attempt."""
    outcome = Outcome(ItemId("A-2"), Ending.FAILED, "gate lint failed", attempts=2, usage=Usage(cost=1.0))
    attempts = (failed_attempt(1), failed_attempt(2))
    page = failure_page(half_way()["A-2"], outcome, attempts, LINKS, "assistant: I give up")
    for part in (
        "# A-2: failed",
        "`tasks-md retry A-2 --note",
        "❌ **lint** failed in 0.0 s — fails on the base as well",
        "````text\n```\n| not a cell\n````",
        "⚠️ changes CI: ci.yml",
        "`src/'x'.py`",
        "assistant: I give up",
        "[attempt 2](http://ui/v2/artifacts/key/mosaic-a-2-attempt-2): 2K tokens, $0.50",
        "together 2 attempts: 0 tokens, $1.00",
    ):
        assert part in page, part


def test_the_attempt_page_holds_claims_against_findings() -> None:
    """What the agent says and what was found stand side by side, with the way to earlier attempts."""
    brief = Brief(half_way()["A-2"], attempt=2, attempts=3)
    page = attempt_page(brief, failed_attempt(2), LINKS, "replay")
    assert "# A-2, attempt 2 of 3: not taken" in page
    assert "| commit | ffffffffff | aaaaaaaaaa |" in page
    assert "2K (replay)" in page
    assert "[attempt 1](http://ui/v2/artifacts/key/mosaic-a-2-attempt-1)" in page


def test_what_nobody_could_meter_is_not_called_measured() -> None:
    """An agent's own figure stands in the column of what is claimed, and there alone."""
    claim = Claim(ItemId("A-2"), ClaimStatus.FAILED, used="4.2K")
    attempt = replace(failed_attempt(1), work=Work(claim, Usage(claimed=4200)))
    page = attempt_page(Brief(half_way()["A-2"], attempt=1, attempts=3), attempt, LINKS)
    assert f"| used | 4.2K | {UNMETERED} |" in page
    assert page.count("4.2K") == 1


def test_the_page_of_a_phase_gate_shows_what_is_red() -> None:
    """Green gates take a line, red ones their words."""
    page = phase_gate_page(Phase(2, "Second", ()), [Verdict("all", passed=True, seconds=1.5), RED], LINKS)
    assert "# Gate of Phase 2 - Second" in page
    assert "✅ **all** passed in 1.5 s" in page
    assert "| not a cell" in page


def test_keys_are_such_as_prefect_takes() -> None:
    """Small letters, digits and hyphens, whatever the backlog is called; two backlogs share none."""
    assert (
        keys.key("Mosaic_stack.v2", keys.failure(ItemId("MS-SEC-001")))
        == "mosaic-stack-v2-ms-sec-001-failure"
    )
    assert keys.key("app", keys.attempt(ItemId("ACP-7"), 2)) == "app-acp-7-attempt-2"
