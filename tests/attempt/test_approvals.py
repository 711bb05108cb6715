"""Questions and decisions as a run writes them, on a tracking file in memory."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from tasks_lib.backlog import edit_backlog, parse_backlog
from tasks_lib.backlog.model import Backlog, ItemId, ItemStatus
from tasks_lib.config import ApprovalConfig
from tasks_lib.engine.people.approvals import Approvals
from tasks_lib.errors import ConfigError
from tasks_lib.planning.decisions import Decisions
from tasks_lib.ports import Edits

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
ONE, TWO = ItemId("MS-1"), ItemId("MS-2")
TEXT = b"""\
## Phase 1 - First (MS-1 through MS-2)

| id | status | description | started_at | completed_at | notes |
|----|--------|-------------|------------|--------------|-------|
| MS-1 | blocked | One | 2026-11-22 | 2026-11-22 | Waits for approval: budget: all is used (asked 2026-11-22T11:00:00Z) |
| MS-2 | not-started | Two | | | |
"""  # noqa: E501 - a table's row is one line


class InMemory:
    """A ledger without a remote."""

    def __init__(self) -> None:
        self.text = TEXT
        self.subjects: list[str] = []

    def read(self) -> Backlog:
        return parse_backlog(self.text)

    def record(self, edit: Callable[[Backlog], Edits], subject: str, item: ItemId | None = None) -> Backlog:
        self.text = edit_backlog(self.text, edit(self.read()))
        self.subjects.append(f"{item}: {subject}" if item else subject)
        return self.read()


@pytest.fixture
def ledger() -> InMemory:
    return InMemory()


def approvals(ledger: InMemory, **config: object) -> Approvals:
    return Approvals(ApprovalConfig.model_validate({"timeout": 7200, **config}), ledger, lambda: NOON)


def test_nothing_is_decided_before_its_time(ledger: InMemory) -> None:
    """No decision, no commit."""
    assert not approvals(ledger).are_late(ledger.read())
    assert approvals(ledger).decide(Decisions())[ONE].status is ItemStatus.BLOCKED
    assert ledger.subjects == []


@pytest.mark.parametrize(
    ("default", "status", "subject"),
    [("reject", ItemStatus.FAILED, "Rejected MS-1"), ("approve", ItemStatus.NOT_STARTED, "Approved MS-1")],
)
def test_the_default_decides_when_nobody_answers(
    ledger: InMemory, default: str, status: ItemStatus, subject: str
) -> None:
    """The row says that it was the clock."""
    late = approvals(ledger, timeout=3600, default=default)
    assert late.are_late(ledger.read())
    row = late.decide(Decisions())[ONE]
    assert row.status is status
    assert row.notes.endswith("; nobody answered in 1 h")
    assert ledger.subjects == [subject]


def test_a_person_who_answers_late_is_in_time_until_a_run_has_looked(ledger: InMemory) -> None:
    """Their answer counts, not the default."""
    row = approvals(ledger, timeout=60).decide(Decisions([ONE], (), "go on"))[ONE]
    assert (row.status, row.notes[-5:]) == (ItemStatus.NOT_STARTED, "go on")


def test_an_answer_to_what_nobody_asked_is_refused_with_what_was(ledger: InMemory) -> None:
    """A wrong id is a mistake to be told, before anything is written."""
    with pytest.raises(ConfigError, match="MS-2: nobody asked; what waits for approval: MS-1"):
        approvals(ledger).check(Decisions([ONE, TWO]))
    with pytest.raises(ConfigError, match="MS-1: approve or reject, not both"):
        approvals(ledger).check(Decisions([ONE], [ONE]))
    approvals(ledger).check(Decisions([ONE]))


def test_a_phase_is_asked_for_only_where_that_is_configured_and_nothing_of_it_began(ledger: InMemory) -> None:
    """The first phase has begun here."""
    backlog = ledger.read()
    assert approvals(ledger).ask_before(1, backlog, ()) == backlog
    assert approvals(ledger, phases="all").ask_before(1, backlog, ()) == backlog
    ledger.text = ledger.text.replace(b"blocked | One | 2026-11-22 | 2026-11-22", b"not-started | One | |")

    asked = approvals(ledger, phases="all").ask_before(1, ledger.read(), ())

    assert asked[ONE].status is ItemStatus.BLOCKED
    assert ledger.subjects == ["Ask for approval of phase 1"]
    assert approvals(ledger, phases="all", timeout=1).are_late(asked) is False
    later = Approvals(ApprovalConfig(timeout=1), ledger, lambda: NOON + timedelta(seconds=1))
    assert later.are_late(asked)
