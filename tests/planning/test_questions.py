"""Questions and decisions as notes of rows: asked, answered, remembered, and never forged."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tasks_lib.backlog import edit_backlog, parse_backlog
from tasks_lib.backlog.model import Backlog, ItemId, ItemStatus
from tasks_lib.planning import entries
from tasks_lib.planning.decisions import Decisions, decided, phase_asked
from tasks_lib.planning.ending import Reason, Report, ending
from tasks_lib.planning.frontier import next_items
from tasks_lib.planning.questions import (
    Matter,
    Question,
    Stage,
    approval,
    deadline,
    overdue,
    phase_shut,
    question_of,
    read_note,
    waiting,
)
from tasks_lib.ports import Edits, Ending, Outcome, Usage

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ONE, TWO, THREE = (ItemId(f"MS-SEC-00{number}") for number in (1, 2, 3))
DIFF = Question(Matter.DIFF, "changes CI: .github/workflows/ci.yml", "0123456789abcdef")
TEXT = b"""\
## Phase 1 - First (MS-SEC-001)

| id | status | description | depends_on | started_at | completed_at | used | notes |
|----|--------|-------------|------------|------------|--------------|------|-------|
| MS-SEC-001 | in-progress | Hash | | 2026-11-22T11:00:00Z | | | |

## Phase 2 - Second (MS-SEC-002 through MS-SEC-003)

| id | status | description | depends_on | started_at | completed_at | used | notes |
|----|--------|-------------|------------|------------|--------------|------|-------|
| MS-SEC-002 | not-started | Two | | | | | |
| MS-SEC-003 | not-started | Three | MS-SEC-002 | | | | |
"""


class File:
    """A tracking file to write into, entry by entry."""

    def __init__(self, text: bytes = TEXT) -> None:
        self.text = text

    @property
    def backlog(self) -> Backlog:
        return parse_backlog(self.text)

    def write(self, edits: Edits) -> None:
        self.text = edit_backlog(self.text, edits, add_columns=True)

    def end(self, outcome: Outcome, now: datetime = NOON) -> None:
        self.write(entries.ended(self.backlog, self.backlog[outcome.item], outcome, now=now))

    def decide(
        self, *, approved: tuple[ItemId, ...] = (), rejected: tuple[ItemId, ...] = (), note: str = ""
    ) -> None:
        self.write(decided(self.backlog, Decisions(approved, rejected, note), now=NOON + HOUR))


@pytest.fixture
def file() -> File:
    return File()


@pytest.fixture
def asked(file: File) -> File:
    """The first item waits for a look at its diff."""
    file.end(Outcome(ONE, Ending.WAITING, notes=str(DIFF), usage=Usage(output=5_000)))
    return file


def test_a_waiting_item_is_blocked_and_its_note_says_what_and_since_when(asked: File) -> None:
    """Everything about a question stands in the row: matter, commit, words, time."""
    row = asked.backlog[ONE]
    assert (row.status, row.used) == (ItemStatus.BLOCKED, 5_000)
    assert row.notes == (
        "Waits for approval: diff 0123456789abcdef: changes CI: .github/workflows/ci.yml "
        "(asked 2026-11-22T12:00:00Z)"
    )
    assert waiting(asked.backlog) == {ONE: replace(DIFF, asked=NOON)}


def test_an_approved_item_may_start_and_carries_its_approval(asked: File) -> None:
    """The row is ready again; what was approved stays in it, with the person's note, over a dead run too."""
    asked.decide(approved=(ONE,), note="CI needs the cache")

    row = asked.backlog[ONE]
    assert (row.status, row.completed_at) == (ItemStatus.NOT_STARTED, None)
    found = approval(row, Matter.DIFF)
    assert found
    assert (found.subject, found.said) == (DIFF.subject, "CI needs the cache")
    assert next_items(asked.backlog, running=(), open_phase=1, tried=(), limit=4) == (row,)

    asked.write(entries.started(asked.backlog, row, agent="scripted", now=NOON + HOUR))
    assert approval(asked.backlog[ONE], Matter.DIFF) == found


def test_a_rejected_item_is_failed_with_the_persons_note(asked: File) -> None:
    """The row says who was asked what, and why not."""
    asked.decide(rejected=(ONE,), note="not in this way | at all")

    row = asked.backlog[ONE]
    assert (row.status, row.completed_at) == (ItemStatus.FAILED, NOON + HOUR)
    assert row.notes.startswith("Rejected: diff 0123456789abcdef: changes CI")
    assert row.notes.endswith("; not in this way | at all")


def test_what_waits_for_nothing_is_not_decided(file: File) -> None:
    """An answer that comes late, or twice, changes nothing."""
    assert decided(file.backlog, Decisions([ONE], [TWO]), now=NOON) == {}


def test_a_question_is_overdue_when_its_time_is_over(asked: File) -> None:
    """The time counts from when it was asked, whichever run looks."""
    assert overdue(asked.backlog, timeout=3600, now=NOON + HOUR - timedelta(seconds=1)) == ()
    assert overdue(asked.backlog, timeout=3600, now=NOON + HOUR) == (ONE,)
    assert deadline(asked.backlog, timeout=3600) == NOON + HOUR


@pytest.mark.parametrize("stage", list(Stage))
@pytest.mark.parametrize("ends", [Ending.DONE, Ending.BLOCKED, Ending.FAILED, Ending.GIVEN_BACK])
def test_no_agent_can_write_a_decision(file: File, stage: Stage, ends: Ending) -> None:
    """Whatever an agent says in its notes, it is no question and no approval."""
    forged = str(replace(DIFF, stage=stage))
    file.end(Outcome(ONE, ends, notes=forged))

    row = file.backlog[ONE]
    assert all(question_of(replace(row, status=status)) is None for status in ItemStatus)


def test_an_approval_outlives_a_run_that_is_ended(asked: File) -> None:
    """What is given back keeps its approval: nobody is asked twice."""
    asked.decide(approved=(ONE,))
    asked.write(entries.started(asked.backlog, asked.backlog[ONE], agent="scripted", now=NOON + HOUR))
    asked.end(Outcome(ONE, Ending.GIVEN_BACK, notes="the run was ended"))

    found = approval(asked.backlog[ONE], Matter.DIFF)
    assert found
    assert found.said == "the run was ended"


def test_an_approval_of_a_diff_does_not_outlive_its_attempt(asked: File) -> None:
    """When its gates are red after all, the next attempt's diff is another one."""
    asked.decide(approved=(ONE,))
    asked.write(entries.started(asked.backlog, asked.backlog[ONE], agent="scripted", now=NOON + HOUR))
    asked.write(entries.refused(asked.backlog, asked.backlog[ONE], attempt=1, attempts=3, why="lint is red"))
    assert asked.backlog[ONE].notes == "attempt 1 of 3: lint is red"


def test_a_phase_asks_in_the_row_of_its_first_item(file: File) -> None:
    """One row is blocked; the phase is shut until it is approved, and asks once only."""
    assert phase_shut(file.backlog, 2)
    file.write(phase_asked(file.backlog, 2, now=NOON))

    rows = file.backlog
    assert rows[TWO].notes == (
        "Waits for approval: phase 2: Phase 2 - Second, 2 items (asked 2026-11-22T12:00:00Z)"
    )
    assert rows[THREE].status is ItemStatus.NOT_STARTED
    assert phase_shut(rows, 2)
    assert phase_asked(rows, 2, now=NOON + HOUR) == {}

    file.decide(approved=(TWO,))
    assert not phase_shut(file.backlog, 2)


def test_an_approved_phase_is_never_asked_for_again(file: File) -> None:
    """Neither when its first item did not pass, nor when that was given back."""
    file.write(phase_asked(file.backlog, 2, now=NOON))
    file.decide(approved=(TWO,))
    file.write(entries.started(file.backlog, file.backlog[TWO], agent="scripted", now=NOON))
    file.write(entries.refused(file.backlog, file.backlog[TWO], attempt=1, attempts=3, why="lint is red"))
    assert file.backlog[TWO].notes.endswith("; attempt 1 of 3: lint is red")
    file.end(Outcome(TWO, Ending.GIVEN_BACK, notes="the run was ended"))
    assert not phase_shut(file.backlog, 2)


def test_a_rejected_phase_stays_shut_until_a_person_names_an_item_of_it(file: File) -> None:
    """Its first item is failed and was never begun; trying it again is saying yes."""
    file.write(phase_asked(file.backlog, 2, now=NOON))
    file.decide(rejected=(TWO,))
    row = file.backlog[TWO]
    assert (row.status, row.started_at, row.completed_at) == (ItemStatus.FAILED, None, None)
    assert phase_shut(file.backlog, 2)
    assert phase_asked(file.backlog, 2, now=NOON) == {}
    assert not phase_shut(file.backlog, 2, again=(TWO,))


def test_a_phase_that_was_begun_needs_no_approval(file: File) -> None:
    """Approval is for its beginning."""
    assert not phase_shut(file.backlog, 1)


@pytest.mark.parametrize(
    "note",
    ["Waits for approval", "Waits for approval: me: x", "waits for approval: diff: x", "Approved: diff", ""],
)
def test_other_notes_are_no_questions(note: str) -> None:
    """What people write in their own words stays theirs."""
    assert read_note(note) is None


def test_a_run_with_nothing_but_questions_left_says_how_to_answer(asked: File) -> None:
    """Waiting is no deadlock: the ending names what waits, and the commands."""
    report = Report(asked.backlog)
    assert report.reason is Reason.WAITING
    assert "MS-SEC-001 waits for approval: diff: changes CI: .github/workflows/ci.yml" in ending(report)
    assert "tasks-md run --approve ID" in ending(report)
    assert [str(stuck) for stuck in report.stuck][:1] == [
        "MS-SEC-001 waits for approval (diff: changes CI: .github/workflows/ci.yml)"
    ]


def test_a_run_over_its_budget_says_so(file: File) -> None:
    """It is no deadlock either, and what is at work is let be."""
    report = Report(file.backlog, overspent="$5.10 of $5.00 are spent")
    assert report.reason is Reason.BUDGET
    assert "$5.10 of $5.00 are spent (the run's budget)" in ending(report)
    assert replace(report, attempted=(ONE,)).reason is Reason.UNDERWAY
