"""One item from its first entry to its last, as ``tasks_lib.engine.items`` and ``attempt`` take it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from math import inf
from typing import TYPE_CHECKING

from tasks_lib.backlog.model import Backlog, Item, ItemStatus
from tasks_lib.errors import (
    AgentError,
    BacklogError,
    CellConflict,
    ItemChanged,
    LedgerError,
    LockError,
    MergeConflict,
    RemoteUnavailable,
    RunStopped,
    TasksMdError,
    TrackingFileLost,
)
from tasks_lib.planning import entries
from tasks_lib.ports import Edits, Ending, Outcome, Usage
from tests.simulation.work import Workspace
from tests.simulation.world import IDLE, Process, Steps, Value

if TYPE_CHECKING:
    from tests.simulation.run import Run

ATTEMPTS = 2
PATIENCE = 600.0


@dataclass
class Job:
    """An agent at work on an item, from a second on to another; ``end`` is None until it is told to stop."""

    process: Process
    item: Item
    begin: float
    end: float | None = None

    @property
    def over(self) -> float:
        """When it was over: an agent dies with its run."""
        ends = [end for end in (self.end, self.process.died) if end is not None]
        return min(ends, default=inf)


class ItemWork:
    """The thread of one item.

    A seeded bug is a subclass of this one, or of another of the parts of a run. What is ``nobodys_fault``
    does not fail an item, it is given back.
    """

    nobodys_fault: tuple[type[TasksMdError], ...] = (
        *(AgentError, RunStopped),
        *(RemoteUnavailable, BacklogError, TrackingFileLost),
    )

    def __init__(self, item: Item, run: "Run") -> None:
        self.item = item
        self.run = run
        self.world = run.world
        self.attempts = 0
        self.publishing = False

    def thread(self) -> Steps[None]:
        """Do the item and tell the run how that ended."""
        try:
            result: Outcome | TasksMdError = yield from self.do()
        except TasksMdError as error:
            result = error
        self.run.ended.append((self.item.id, result))

    def do(self) -> Steps[Outcome]:
        adopted = self.item.status is ItemStatus.IN_PROGRESS
        try:
            yield from self.begin()
            published = (yield from self.published()) if adopted else None
            outcome = published or (yield from self.work())
            return (yield from self.settled(outcome))
        except (CellConflict, ItemChanged) as error:
            return Outcome(self.item.id, Ending.CHANGED, notes=str(error))

    def begin(self) -> Steps[None]:
        before, now = self.item, self.now()
        self.item = yield from self._write(lambda backlog: self.started(backlog, before, now), "in-progress")

    def published(self) -> Steps[Outcome | None]:
        """Return the outcome of an item that a dead run published and could not record."""
        found = yield from self.run.workspaces.integrated(self.item)
        if found is None:
            return None
        yield "runs the gates again", 5
        return Outcome(self.item.id, Ending.DONE, commit=found, usage=Usage(output=5_000), attempts=1)

    def work(self) -> Steps[Outcome]:
        """Make attempts in a workspace; what goes wrong with one item never ends the run."""
        try:
            workspace = yield from self.patiently(lambda: self.run.workspaces.open(self.item))
            return (yield from self._repaired(workspace))
        except (CellConflict, ItemChanged, LockError):
            raise
        except self.nobodys_fault as error:
            if self.publishing:
                # It may be published: its row stays in progress, and whoever adopts it looks first.
                raise
            return Outcome(self.item.id, Ending.GIVEN_BACK, notes=str(error))
        except TasksMdError as error:
            return Outcome(self.item.id, Ending.FAILED, notes=f"{type(error).__name__}: {error}")

    def _repaired(self, workspace: Workspace) -> Steps[Outcome]:
        while True:
            self.attempts += 1
            refusal = yield from self._attempt(workspace)
            usage = Usage(output=4_000 * self.attempts)
            if refusal == "blocked":
                return Outcome(self.item.id, Ending.BLOCKED, notes="needs a key", usage=usage)
            if not refusal:
                return Outcome(self.item.id, Ending.DONE, "made", workspace.head, usage, self.attempts)
            if self.attempts >= ATTEMPTS:
                return Outcome(self.item.id, Ending.FAILED, notes=refusal, usage=usage)
            yield from self.refuse(refusal)

    def _attempt(self, workspace: Workspace) -> Steps[str]:
        """Let the agent work, judge, publish; return why that does not count, or nothing."""
        refusal = yield from self._agent()
        if refusal:
            return refusal
        self.run.workspaces.do(workspace, self.item)
        yield "runs the gates", 5
        if self.world.random.random() < 0.1:
            return "gate test failed:\n1 failed, 41 passed"
        try:
            yield from self._publish(workspace)
        except MergeConflict as error:
            return str(error)
        return ""

    def _agent(self) -> Steps[str]:
        """Let the agent work for a while; it can be ended at each of its words."""
        job = Job(self.run.process, self.item, self.world.now)
        self.run.jobs.append(job)
        fate = 1.0 if self.run.calm else self.world.random.random()
        try:
            for _ in range(self.world.random.randint(2, 8)):
                yield "works", 20
                self.run.check_leash(self.item.id)
        finally:
            job.end = self.world.now if job.end is None else job.end
        if fate < 0.03:
            raise AgentError("the service refuses the key")
        return "blocked" if fate < 0.06 else "the agent reports failed" if fate < 0.25 else ""

    def _publish(self, workspace: Workspace) -> Steps[None]:
        yield from self.patiently(self.check)
        self.publishing = True
        try:
            yield from self.patiently(lambda: self.run.workspaces.publish(self.item, workspace))
        except MergeConflict:
            self.publishing = False
            raise

    def patiently(self, action: Callable[[], Steps[Value]]) -> Steps[Value]:
        """Repeat an action while the remote is away or the file broken, as ``engine.patience`` does."""
        end = self.run.machine.monotonic() + PATIENCE
        while True:
            try:
                return (yield from action())
            except (RemoteUnavailable, BacklogError):
                if self.run.machine.monotonic() > end or self.run.process.stopping:
                    raise
                yield IDLE, 15

    def check(self) -> Steps[None]:
        """Make sure that the row is still ours."""
        mine = self.item
        yield from self._write(lambda backlog: entries.checked(backlog, mine), "still at work")

    def refuse(self, why: str) -> Steps[None]:
        """Note why an attempt did not count."""
        mine, number = self.item, self.attempts
        written = yield from self.patiently(
            lambda: self._write(lambda backlog: self.refused(backlog, mine, number, why), f"attempt {number}")
        )
        self.item = replace(mine, notes=written.notes)

    def settled(self, outcome: Outcome) -> Steps[Outcome]:
        """Write the outcome; what the remote does not take now is kept, and written as soon as it does."""
        mine, now = self.item, self.now()
        try:
            yield from self._write(
                lambda backlog: self.entry_of_end(backlog, mine, outcome, now), str(outcome.ending)
            )
        except ItemChanged:
            raise
        except (LedgerError, BacklogError):
            self.world.say(self.run.process.name, f"{self.item.id}: {outcome.ending}, not recorded")
            return replace(outcome, row=mine)
        return outcome

    def now(self) -> datetime:
        return self.run.machine.time_of_day()

    def started(self, backlog: Backlog, item: Item, now: datetime) -> Edits:
        return entries.started(backlog, item, agent=f"agent of {self.run.process.name}", now=now)

    def refused(self, backlog: Backlog, mine: Item, number: int, why: str) -> Edits:
        return entries.refused(backlog, mine, attempt=number, attempts=ATTEMPTS, why=why)

    def entry_of_end(self, backlog: Backlog, mine: Item, outcome: Outcome, now: datetime) -> Edits:
        return entries.ended(backlog, mine, outcome, now=now)

    def _write(self, edit: Callable[[Backlog], Edits], what: str) -> Steps[Item]:
        """Push an entry and return the whole row as it is then."""
        backlog = yield from self.run.ledger.record(edit, f"{self.item.id}: {what}")
        if self.item.id not in backlog:
            raise ItemChanged(f"{self.item.id} was removed just after that")
        return backlog[self.item.id]
