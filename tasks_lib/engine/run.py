"""A run: the DAG is built while it goes, from what the newest backlog allows.

An item is submitted only when it may start, so that waiting items occupy no thread, and rows that people
push meanwhile join in. The order, the phases and the limits are the planning room's decisions.
"""

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue

from prefect import get_run_logger
from prefect.client.schemas.objects import State
from prefect.exceptions import TerminationSignal

from tasks_lib.backlog.model import Backlog, Item, ItemId
from tasks_lib.config import RunConfig
from tasks_lib.engine.engines import Submit
from tasks_lib.engine.events import tell_outcome, tell_phase
from tasks_lib.engine.interruption import ignore_sigterm, paused
from tasks_lib.engine.items import already_done, not_started
from tasks_lib.engine.parameters import untraced
from tasks_lib.engine.people.approvals import Approvals
from tasks_lib.engine.phases import check_phase
from tasks_lib.engine.preflight import check_repos
from tasks_lib.engine.progress import Future, Progress, edge_from, result_of
from tasks_lib.engine.publishing.artifacts import RunPages
from tasks_lib.engine.record import settle
from tasks_lib.engine.retry_form import RetryForm
from tasks_lib.engine.trouble import Trouble
from tasks_lib.errors import BacklogError, LedgerError, RunStopped, TasksMdError
from tasks_lib.planning.again import closure, first_phase
from tasks_lib.planning.budget import Budget
from tasks_lib.planning.decisions import Decisions
from tasks_lib.planning.ending import Report
from tasks_lib.planning.frontier import late_items, next_items, open_phase
from tasks_lib.planning.report import session_summary
from tasks_lib.ports import Ending, Outcome, Toolbox, Usage
from tasks_lib.telemetry import traced


class BacklogRun:
    """One run over a backlog, inside a Prefect flow run.

    ``again`` names failed or blocked items that may be tried once more. With ``only`` nothing is done but
    these items and what waits for them, besides what people set back meanwhile. ``submit`` is the way of
    items to where they are done.
    """

    def __init__(  # noqa: PLR0913, PLR0917 what a run is made of
        self,
        config: RunConfig,
        run_id: str,
        tools: Toolbox,
        submit: Submit,
        again: Sequence[str] = (),
        only: Collection[ItemId] = (),
    ) -> None:
        self._config = config
        self._run_id = run_id
        self._tools = tools
        self._submit = submit
        self._again = frozenset(map(ItemId, again))
        self._ended: SimpleQueue[ItemId] = SimpleQueue()
        self._trouble = Trouble(config.patience, config.poll)
        backlog = tools.ledger.read()
        check_repos(config, backlog)
        self._whole = not only
        self._scope = closure(backlog, only)
        self._at = Progress(backlog, phase=first_phase(backlog, only))
        self._form = RetryForm(config)
        self._pages = RunPages(config)
        self._approvals = Approvals(config.approval, tools.ledger)
        limits = config.budget
        self._budget = Budget(limits.run_used, limits.run_cost, limits.run_turns, limits.run_seconds)
        self._began = time.monotonic()

    def work(self) -> Report:
        """Work until all is done or nothing can go on; return how it ended.

        The first Ctrl-C or SIGTERM ends the agents and settles their rows; then a Ctrl-C ends at once.
        """
        try:
            self._form.offer(self._at.backlog)
            self._show_done_items()
            self._pages.show_all(self.report, self._at.task_runs)
            while self._work_phase():
                pass
        except (KeyboardInterrupt, TerminationSignal):
            self._end_early()
        self._show_stuck_items()
        report = self.report
        self._pages.show_all(report, self._at.task_runs)
        return report

    @property
    def report(self) -> Report:
        """Where the run stands."""
        return self._at.report("\n".join(self._obstacles()), self._tools.label)

    def _obstacles(self) -> Iterator[str]:
        """Say what, besides stuck items, keeps this run from finishing the backlog."""
        if self._trouble:
            yield self._trouble.words
        for item in late_items(self._at.backlog, self._at.phase):
            title = self._at.backlog.phases[item.phase - 1].title
            yield f"{item.id} is open in {title!r}, which was over already: the next run does it"

    @traced("phase", lambda self: {"phase": self._at.phase})
    def _work_phase(self) -> bool:
        """Take steps until another phase is open; return whether one is."""
        phase = self._at.phase
        while self._step() or self._decide_late():
            self._pages.show_items(self.report, self._at.task_runs)
            self._open_phase()
            if self._at.phase != phase:
                return True
        return False

    def _step(self) -> bool:
        """Start what may start, then wait for one thing to happen; return whether there is more to do."""
        self._tools.lock.check()
        if paused():
            self._trouble.meet(RunStopped("a person paused the run: what was at work has ended"))
        at = self._at
        phase = self._open_phase()
        if phase is not None and not self._trouble:
            self._start(phase)
            self._pages.show_items(self.report, self._at.task_runs)
        if at.running:
            self._await_one()
            return True
        if self._trouble:
            return self._wait_for_mending()
        if phase is None or not all(item.done for item in at.backlog.phase(phase)):
            return False
        return self._pass_gate(phase)

    def _open_phase(self) -> int | None:
        """Return the open phase; one that is over is never opened again in this run."""
        at = self._at
        phase = open_phase(at.backlog, self.report.gates_passed, at_least=at.phase)
        at.phase = phase or len(at.backlog.phases)
        return phase

    def _start(self, phase: int) -> None:
        at = self._at
        if not self._record(lambda: self._approvals.ask_before(phase, at.backlog, self._again)):
            return
        starting = next_items(
            at.backlog,
            running=at.running,
            open_phase=phase,
            tried=at.outcomes.keys() | self._left_out(),
            limit=self._config.max_parallel,
            again=self._again,
            branches=at.running.values(),
        )
        seconds = time.monotonic() - self._began
        at.overspent = self._budget.exceeded(self.report.usage, seconds) if starting else ""
        for item in starting if not at.overspent else ():
            at.attempted.append(item.id)
            at.running[item.id] = item.branch
            at.futures[item.id] = self._begin(item)

    def _left_out(self) -> frozenset[ItemId]:
        """Return what this run leaves to others; rows that people add belong to a run of the whole."""
        if self._whole:
            return frozenset()
        return frozenset(item.id for item in self._at.backlog) - self._scope

    def _begin(self, item: Item) -> Future:
        future = self._submit(item, self._edges(item))
        future.add_done_callback(lambda _: self._ended.put(item.id))
        return future

    def _edges(self, item: Item) -> list[State[bool]]:
        """Return what the graph draws an edge from; all of it has ended, and the backlog says how.

        A task may have failed although its item is done: when its ending was recorded only later.
        """
        futures = self._at.futures
        return [edge_from(futures[other]) for other in item.depends_on if other in futures]

    def _await_one(self) -> None:
        """Wait for an item to end, or for the time to look at the tracking file again."""
        with suppress(Empty):
            self._take(self._ended.get(timeout=self._config.poll))
        self._refresh()

    def _take(self, ended: ItemId) -> None:
        at = self._at
        at.running.pop(ended, None)
        future = at.futures[ended]
        result = result_of(future)
        if isinstance(result, BacklogError | LedgerError | RunStopped):
            # It could not begin, and nothing was written: it may begin again.
            at.forget(ended)
            self._trouble.meet(result)
            return
        if not isinstance(result, Outcome):
            words = future.state.message or "the item's run crashed"
            spent = result.usage if isinstance(result, TasksMdError) else Usage()
            result = Outcome(ended, Ending.FAILED, notes=words, usage=spent)
        if result.ending is Ending.GIVEN_BACK:
            self._trouble.meet(RunStopped(result.notes))
        at.outcomes[ended] = result
        tell_outcome(result, self._config)

    def _decide_late(self) -> bool:
        """Decide by default what has waited too long; return whether there is more to do."""
        if self._trouble or not self._approvals.are_late(self._at.backlog):
            return False
        self._record(lambda: self._approvals.decide(Decisions()))
        return True

    def _refresh(self) -> None:
        """Read the newest backlog, and write what could not be written before; else nothing new starts."""
        if not self._record(lambda: settle(self._tools.ledger, tuple(self._at.outcomes.values()))):
            return
        self._trouble.pass_over()
        self._form.offer(self._at.backlog)
        for item in self._at.running:
            if item not in self._at.backlog:
                self._tools.leash.drop(item)

    def _record(self, action: Callable[[], Backlog]) -> bool:
        """Do something with the tracking file and take its newest backlog; return whether it went well."""
        before = self._at.backlog
        try:
            self._at.backlog = action()
        except (BacklogError, LedgerError) as error:
            self._trouble.meet(error)
            get_run_logger().error("The tracking file cannot be used, nothing new starts:\n%s", error)
            return False
        self._scope |= closure(self._at.backlog, self._at.reopen(before))
        return True

    def _wait_for_mending(self) -> bool:
        """Look again after a while whether the trouble is over; return False when it is time to give up."""
        if not self._trouble.worth_waiting():
            return False
        time.sleep(self._trouble.pause)
        self._refresh()
        return True

    def _end_early(self) -> None:
        """End the agents at their next word, and wait until their rows are settled."""
        ignore_sigterm()
        get_run_logger().warning("The run is ended: agents stop, rows are settled; Ctrl-C now ends at once")
        self._tools.leash.stop.set()
        self._trouble.meet(RunStopped("the run was ended by a person or the system"))
        for item in self._at.unfinished:
            if item in self._at.futures:
                self._take(item)
            else:
                self._at.forget(item)
        self._refresh()

    def _pass_gate(self, number: int) -> bool:
        phase = self._at.backlog.phases[number - 1]
        verdicts = check_phase(phase, len(self._at.backlog.phases), self._config, self._run_id)
        self._at.verdicts[number] = verdicts
        passed = all(verdict.passed for verdict in verdicts)
        if passed:
            tell_phase(phase, self._config)
            report = self.report
            if not report.backlog.finished:
                get_run_logger().info("%s", session_summary(report))
                self._pages.show_all(report, self._at.task_runs)
        return passed

    def _show_done_items(self) -> None:
        for item in self._at.backlog:
            if item.done:
                self._at.futures[item.id] = already_done.submit(
                    untraced(item), return_state=False, wait_for=self._edges(item)
                )
        for future in self._at.futures.values():
            future.wait()

    def _show_stuck_items(self) -> None:
        left_out = self._left_out()
        for stuck in () if paused() else self.report.stuck:
            if stuck.item not in left_out and stuck.item not in self._at.futures:
                not_started(untraced(stuck), return_state=True)
