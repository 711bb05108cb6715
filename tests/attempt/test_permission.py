"""What an item may publish and spend, by the configuration and what its row says was approved."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tasks_lib.backlog.model import Item, ItemId, ItemStatus
from tasks_lib.config import ApprovalConfig, BudgetConfig, RunConfig
from tasks_lib.engine.people.permission import Permission
from tasks_lib.errors import ApprovalNeeded, BudgetSpent
from tasks_lib.planning.questions import read_note
from tasks_lib.ports import Harvest, Usage

COMMIT = "0123456789abcdef0123456789abcdef01234567"
ITEM = Item(ItemId("MS-1"), ItemStatus.NOT_STARTED, "Hash", phase=1, line=5, branch="fix/hash")
HARVEST = Harvest(COMMIT, "fix/hash", flags=("changes CI: ci.yml", "deletes tests: test_a.py"))

CLOCK = (5.0, 64.0, 65.0)
"""Seconds: at the beginning, within the budget, and at its end."""

Permit = Callable[..., Permission]


@pytest.fixture
def permit() -> Permit:
    def make(notes: str = "", used: int = 0, **approval: object) -> Permission:
        config = RunConfig(
            approval=ApprovalConfig.model_validate(approval),
            budget=BudgetConfig(item_used=10_000, item_cost=2.0, item_turns=200, item_seconds=60),
        )
        return Permission(config, replace(ITEM, notes=notes, used=used), iter(CLOCK).__next__)

    return make


@pytest.mark.parametrize(
    ("diffs", "asked"),
    [
        ((), ""),
        (("all",), "changes CI: ci.yml, deletes tests: test_a.py"),
        (("deletes",), "deletes tests: test_a.py"),
        (("adds symbolic links",), ""),
    ],
)
def test_a_flagged_diff_is_asked_for_where_that_is_configured(
    permit: Permit, diffs: tuple[str, ...], asked: str
) -> None:
    """By the beginning of its flags, or all; the question names the commit."""
    question = read_note(permit(diffs=diffs).question(HARVEST))
    assert (question.words if question else "") == asked
    assert question is None or question.subject == COMMIT[:16]


def test_a_diff_without_flags_is_never_asked_for(permit: Permit) -> None:
    """Nothing to see."""
    assert permit(diffs=("all",)).question(replace(HARVEST, flags=())) == ""


def test_an_approved_commit_is_not_asked_for_again_but_another_is(permit: Permit) -> None:
    """The approval is of one commit."""
    permission = permit(f"Approved: diff {COMMIT[:16]}: changes CI: ci.yml", diffs=("all",))
    assert permission.commit == COMMIT[:16]
    assert permission.question(HARVEST) == ""
    assert permission.question(replace(HARVEST, commit=COMMIT[::-1])) != ""


def test_an_item_within_its_budget_goes_on(permit: Permit) -> None:
    """Each limit counts by itself."""
    permit().afford(Usage(output=9_999, cost=1.99, requests=199))


@pytest.mark.parametrize(("asks", "error"), [(False, BudgetSpent), (True, ApprovalNeeded)])
def test_an_item_over_its_budget_fails_or_asks(permit: Permit, *, asks: bool, error: type[Exception]) -> None:
    """By configuration; the words have both figures."""
    with pytest.raises(error, match=r"10\.5K of 10K tokens are used, \$2\.00 of \$2\.00 are spent"):
        permit(budget=asks).afford(Usage(output=10_500, cost=2.0))


def test_turns_and_time_of_an_item_have_limits_too(permit: Permit) -> None:
    """With both figures, as the others."""
    permission = permit()
    permission.afford(Usage())
    with pytest.raises(BudgetSpent, match="200 of 200 turns are made, 60 of 60 seconds are over"):
        permission.afford(Usage(requests=200))


def test_an_approved_budget_is_as_much_once_more(permit: Permit) -> None:
    """What went before the approval is remembered by the row; the person's note goes to the agent."""
    permission = permit("Approved: budget: 10.5K of 10K tokens are used; try the old API", used=10_500)
    assert permission.note == "try the old API"
    permission.afford(permission.spent + Usage(output=9_999))
    with pytest.raises(BudgetSpent, match="10K of 10K"):
        permission.afford(permission.spent + Usage(output=10_000))
