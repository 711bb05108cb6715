"""A run on one machine, as the flow, ``engine.session`` and ``engine.run`` lead it, step by step."""

from collections.abc import Collection
from dataclasses import dataclass

from tasks_lib.backlog.model import Backlog, Item, ItemId
from tasks_lib.errors import (
    BacklogError,
    ItemChanged,
    LedgerError,
    RemoteUnavailable,
    RunStopped,
    TasksMdError,
)
from tasks_lib.planning import entries
from tasks_lib.planning.abandoned import abandoned
from tasks_lib.planning.ending import Report
from tasks_lib.planning.frontier import next_items, open_phase
from tasks_lib.ports import Ending, Outcome
from tests.simulation.fence import Fence
from tests.simulation.item import PATIENCE, ItemWork, Job
from tests.simulation.ledger import Ledger
from tests.simulation.link import Link
from tests.simulation.machine import Machine
from tests.simulation.remote import Remote
from tests.simulation.work import Workspaces
from tests.simulation.world import IDLE, Process, Steps

PARALLEL = 3
POLL = 30.0


@dataclass(frozen=True)
class Parts:
    """What a run is made of; a seeded bug replaces one of them."""

    fence: type[Fence] = Fence
    ledger: type[Ledger] = Ledger
    workspaces: type[Workspaces] = Workspaces
    item: type[ItemWork] = ItemWork
    run: type["Run"] | None = None

    def make_run(self, machine: Machine, process: Process, remote: Remote) -> "Run":
        return (self.run or Run)(machine, process, remote, self)


class Run:
    """One run; ``calm`` ones are there to finish what is left, and nothing goes wrong with their agents."""

    def __init__(self, machine: Machine, process: Process, remote: Remote, parts: Parts) -> None:
        self.world = machine.world
        self.machine = machine
        self.process = process
        self.parts = parts
        self.link = Link(self.world, remote, process)
        self.fence = parts.fence(self.world, machine, process, self.link)
        self.ledger = parts.ledger(self.fence)
        self.workspaces = parts.workspaces(self.fence)
        self.again: frozenset[ItemId] = frozenset()
        self.calm = False
        self.ended: list[tuple[ItemId, Outcome | TasksMdError]] = []
        self.jobs: list[Job] = []
        self.backlog = Backlog((), ())
        self.phase = 1
        self.gates: dict[int, bool] = {}
        self.running: dict[ItemId, None] = {}
        self.attempted: dict[ItemId, None] = {}
        self.outcomes: dict[ItemId, Outcome] = {}
        self.dropped: set[ItemId] = set()
        self.trouble: TasksMdError | None = None
        self.since = 0.0
        self.ending = ""

    def thread(self) -> Steps[None]:
        """Be the whole run; ``ending`` says in one word how it ended, of its own accord."""
        self.world.say(self.process.name, "begins")
        try:
            yield from self.fence.take()
            self.world.start(self.process.name, self.fence.beat(), self.process)
            yield from self._exclusively()
        except TasksMdError as error:
            self.ending = type(error).__name__
            self.world.say(self.process.name, f"ends: {error}")
        self.process.died = self.world.now

    def _exclusively(self) -> Steps[None]:
        """Do the backlog as the one writer, then let go."""
        try:
            yield from self.work()
            yield from self.settle((yield from self.given_back()))
            self.ending = type(self.trouble).__name__ if self.trouble else "finished"
            self.world.say(self.process.name, f"ends: {self.trouble or 'nothing more can be done'}")
        except TasksMdError as error:
            self.ending = type(error).__name__
            self.world.say(self.process.name, f"ends: {error}")
        yield from self.fence.release()

    def work(self) -> Steps[None]:
        self.backlog = yield from self.ledger.read()
        while (yield from self._step()):
            pass

    def _step(self) -> Steps[bool]:
        self.fence.check()
        if self.process.stopping:
            self.meet(RunStopped("a person ends the run"))
        phase = self.open_phase()
        if phase is not None and not self.trouble:
            self._start(phase)
        if self.running:
            yield from self._await_one()
            return True
        if self.trouble:
            return (yield from self._wait_for_mending())
        if phase is None or not all(item.done for item in self.backlog.phase(phase)):
            return False
        yield "runs the gates of the phase", 10
        self.gates[phase] = not self.world.likely(0.02)
        return self.gates[phase]

    def open_phase(self) -> int | None:
        """Return the open phase; one that is over is never opened again in this run."""
        passed = [number for number, green in self.gates.items() if green]
        phase = open_phase(self.backlog, passed, at_least=self.phase)
        self.phase = phase or len(self.backlog.phases)
        return phase

    def startable(self, phase: int) -> tuple[Item, ...]:
        """Return what may start now."""
        return next_items(
            self.backlog,
            running=self.running,
            open_phase=phase,
            tried=self.outcomes.keys(),
            limit=PARALLEL,
            again=self.again,
        )

    def _start(self, phase: int) -> None:
        for item in self.startable(phase):
            self.running[item.id] = self.attempted[item.id] = None
            work = self.parts.item(item, self)
            self.world.start(f"{self.process.name}, {item.id}", work.thread(), self.process)

    def _await_one(self) -> Steps[None]:
        """Wait for an item to end, or for the time to look at the tracking file again."""
        end = self.machine.monotonic() + POLL
        while not self.ended and self.machine.monotonic() < end:
            yield IDLE, 3
        if self.ended:
            self._take(*self.ended.pop(0))
        yield from self._refresh()

    def _take(self, item: ItemId, result: Outcome | TasksMdError) -> None:
        del self.running[item]
        if isinstance(result, BacklogError | LedgerError):
            del self.attempted[item]
            self.meet(result)
            return
        if not isinstance(result, Outcome):
            result = Outcome(item, Ending.FAILED, notes=str(result))
        if result.ending is Ending.GIVEN_BACK:
            self.meet(RunStopped(result.notes))
        self.outcomes[item] = result

    def _refresh(self) -> Steps[None]:
        """Read the newest backlog, and write what could not be written before; else nothing new starts."""
        try:
            self.backlog = yield from self.settle()
        except (BacklogError, LedgerError) as error:
            self.meet(error)
            return
        if self._may_pass():
            self.trouble = None
        self.dropped.update(item for item in self.running if item not in self.backlog)

    def given_back(self) -> Steps[list[Outcome]]:
        """Return the endings of what dead runs left in progress, as ``engine.phases`` saves them."""
        report = Report(self.backlog, tuple(self.outcomes.values()), tuple(self.attempted))
        found = []
        for outcome in abandoned(report):
            if outcome.row and (yield from self.workspaces.integrated(outcome.row)) is None:
                found.append(outcome)  # noqa: PERF401 a comprehension cannot wait
        return found

    def settle(self, given_back: Collection[Outcome] = ()) -> Steps[Backlog]:
        """Write outcomes whose own entries did not reach the remote; return the newest backlog."""
        now, outcomes = self.machine.time_of_day(), (*self.outcomes.values(), *given_back)
        return (
            yield from self.ledger.record(
                lambda backlog: entries.unsettled(backlog, outcomes, now=now), "Record what was left open"
            )
        )

    def meet(self, error: TasksMdError) -> None:
        """Remember what keeps the run from going on; what stays is not replaced by what may pass."""
        if self.trouble is None:
            self.since = self.machine.monotonic()
        if self.trouble is None or self._may_pass():
            self.trouble = error

    def _may_pass(self) -> bool:
        return isinstance(self.trouble, RemoteUnavailable | BacklogError)

    def _wait_for_mending(self) -> Steps[bool]:
        if not self._may_pass() or self.machine.monotonic() - self.since + POLL >= PATIENCE:
            return False
        yield IDLE, POLL
        yield from self._refresh()
        return True

    def check_leash(self, item: ItemId) -> None:
        """End the work on an item where it is to end."""
        if self.process.stopping or self.fence.why:
            raise RunStopped("the run was ended")
        if item in self.dropped:
            raise ItemChanged(f"{item} is not in the tracking file any more")
