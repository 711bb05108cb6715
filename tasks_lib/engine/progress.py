"""What has happened so far in a run."""

from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from prefect.client.schemas.objects import State, StateDetails
from prefect.exceptions import Pause
from prefect.futures import PrefectFuture
from prefect.states import Completed

from tasks_lib.backlog.model import Backlog, ItemId
from tasks_lib.engine.interruption import paused
from tasks_lib.errors import RunStopped
from tasks_lib.planning.again import set_back
from tasks_lib.planning.ending import Report
from tasks_lib.ports import Outcome, Usage, Verdict

Future = PrefectFuture[Any]
"""A Prefect task of an item; what it returns is looked at when it has ended."""


def result_of(future: Future) -> object:
    """Return what an item's task has returned or raised.

    That is ``RunStopped`` where it came to no end: a pause held it back, or the engine has lost it.
    """
    with suppress(Pause):
        future.wait()
    if future.state.is_final():
        return future.state.result(raise_on_failure=False)
    return RunStopped("a person paused the run" if paused() else "the engine lost a task: see its own logs")


def edge_from(future: Future) -> State[bool]:
    """Return what draws an edge from a task that has ended, in whatever way, and asks for nothing of it.

    A future would not cross to other processes, and a failed one would have to be forgiven.
    """
    return Completed(data=True, state_details=StateDetails(task_run_id=future.task_run_id))


@dataclass
class Progress:
    """Where a run stands.

    ``running`` has the branch that each item was begun on; ``overtaken`` are outcomes of items that were set
    back. ``overspent`` says which of the run's budgets is used up, where that keeps items from starting.
    """

    backlog: Backlog
    phase: int = 1
    futures: dict[ItemId, Future] = field(default_factory=dict)
    running: dict[ItemId, str] = field(default_factory=dict)
    attempted: list[ItemId] = field(default_factory=list)
    outcomes: dict[ItemId, Outcome] = field(default_factory=dict)
    overtaken: list[Outcome] = field(default_factory=list)
    verdicts: dict[int, tuple[Verdict, ...]] = field(default_factory=dict)
    overspent: str = ""

    @property
    def usage(self) -> Usage:
        """What all attempts of this run have used."""
        return sum((outcome.usage for outcome in (*self.overtaken, *self.outcomes.values())), Usage())

    @property
    def task_runs(self) -> dict[ItemId, str]:
        """The ids of the items' Prefect task runs."""
        return {item: str(future.task_run_id) for item, future in self.futures.items()}

    @property
    def unfinished(self) -> tuple[ItemId, ...]:
        """What was to be started and has no outcome yet, wherever a signal has cut the bookkeeping."""
        return tuple(item for item in self.attempted if item not in self.outcomes)

    def forget(self, item: ItemId) -> None:
        """Take an item for not started."""
        self.running.pop(item, None)
        self.futures.pop(item, None)
        self.attempted.remove(item)

    def report(self, stopped: str, label: str) -> Report:
        """Return it as plain data; see ``Report`` for ``stopped`` and ``label``."""
        return Report(
            backlog=self.backlog,
            outcomes=tuple(self.outcomes.values()),
            attempted=tuple(self.attempted),
            usage=self.usage,
            verdicts=self.verdicts,
            stopped=stopped,
            overspent=self.overspent,
            label=label,
        )

    def reopen(self, before: Backlog) -> frozenset[ItemId]:
        """Let items begin again that were set back after they had failed or were blocked; return them."""
        asked = set_back(self.outcomes.values(), before, self.backlog) - self.running.keys()
        for item in asked & self.outcomes.keys():
            self.overtaken.append(self.outcomes.pop(item))
            self.attempted.remove(item)
        return asked
