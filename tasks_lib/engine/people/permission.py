"""What an item may do before a person is asked."""

import time
from collections.abc import Callable

from tasks_lib.backlog.model import Item
from tasks_lib.config import RunConfig
from tasks_lib.errors import ApprovalNeeded, BudgetSpent
from tasks_lib.planning.budget import Budget
from tasks_lib.planning.questions import SHORT, Matter, Question, approval
from tasks_lib.ports import Harvest, Usage


class Permission:
    """What one item may publish and spend; ``before`` is its row before this run began it.

    What was approved stands in that row: a commit, or as much once more as the item's budget is. It begins
    now, by ``clock``, which gives seconds.
    """

    def __init__(self, config: RunConfig, before: Item, clock: Callable[[], float] = time.monotonic) -> None:
        self._config = config.approval
        limits = config.budget
        self._budget = Budget(limits.item_used, limits.item_cost, limits.item_turns, limits.item_seconds)
        self._clock = clock
        self._began = clock()
        self._diff = approval(before, Matter.DIFF)
        self._more = approval(before, Matter.BUDGET)
        went_before = self._diff or self._more
        self.spent = Usage(output=before.used or 0) if went_before else Usage()

    @property
    def commit(self) -> str:
        """How the commit begins that a person approved; empty when none is."""
        return self._diff.subject if self._diff else ""

    @property
    def note(self) -> str:
        """What the person said who allowed another attempt."""
        return self._more.said if self._more else ""

    def question(self, harvest: Harvest) -> str:
        """Return what a person has to be asked before this is published; empty when nothing is."""
        asked = self._config.asked(harvest.flags)
        if not asked or (self.commit and harvest.commit.startswith(self.commit)):
            return ""
        return str(Question(Matter.DIFF, "; ".join(asked), harvest.commit[:SHORT]))

    def afford(self, spent: Usage) -> None:
        """Raise ``BudgetSpent`` over the item's budget, or ``ApprovalNeeded`` where a person may allow more.

        ``spent`` is all it used, what went before an approval included.
        """
        mine = Usage(output=spent.used - self.spent.used, cost=spent.cost, requests=spent.requests)
        over = self._budget.exceeded(mine, self._clock() - self._began)
        if not over:
            return
        if self._config.budget:
            raise ApprovalNeeded(str(Question(Matter.BUDGET, over)))
        raise BudgetSpent(f"over the item's budget: {over}")
