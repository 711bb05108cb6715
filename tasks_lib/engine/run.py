"""A run: the DAG is built while it goes, from what the newest backlog allows.

An item is submitted only when it may start, so that waiting items occupy no thread, and rows that people
push meanwhile join in. The order, the phases and the limits are the planning room's decisions.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Any

from prefect import get_run_logger
from prefect.futures import PrefectFuture

from tasks_lib.backlog.model import Backlog, Item, ItemId
from tasks_lib.config import RunConfig
from tasks_lib.engine.artifacts import LiveStatus
from tasks_lib.engine.items import already_done, do_item, not_started
from tasks_lib.engine.phases import check_phase
from tasks_lib.errors import BacklogError, ConfigError, LedgerError
from tasks_lib.planning.ending import Report
from tasks_lib.planning.frontier import next_items, open_phase
from tasks_lib.ports import Ending, Outcome, Toolbox, Usage, Verdict

Future = PrefectFuture[Any]
"""A Prefect task of an item; what it returns is looked at when it has ended."""


@dataclass
class _Progress:
    """What has happened so far in this run."""

    backlog: Backlog
    futures: dict[ItemId, Future] = field(default_factory=dict)
    running: set[ItemId] = field(default_factory=set)
    outcomes: dict[ItemId, Outcome] = field(default_factory=dict)
    attempted: list[ItemId] = field(default_factory=list)
    verdicts: dict[int, tuple[Verdict, ...]] = field(default_factory=dict)
    trouble: str = ""


def _check_repos(config: RunConfig, backlog: Backlog) -> None:
    """Raise ``ConfigError`` for rows whose repo is not configured, before anything starts."""
    faults: dict[str, list[str]] = {}
    for item in backlog:
        try:
            config.repo_named(item.repo)
        except ConfigError as error:
            faults.setdefault(str(error), []).append(f"{item.id} (line {item.line})")
    if faults:
        raise ConfigError("\n".join(f"{fault}; used by {', '.join(rows)}" for fault, rows in faults.items()))


class BacklogRun:
    """One run over a backlog, inside a Prefect flow run.

    ``again`` names failed or blocked items that may be tried once more.
    """

    def __init__(self, config: RunConfig, run_id: str, tools: Toolbox, again: Sequence[str] = ()) -> None:
        self._config = config
        self._run_id = run_id
        self._tools = tools
        self._again = frozenset(map(ItemId, again))
        self._ended: SimpleQueue[ItemId] = SimpleQueue()
        self._at = _Progress(tools.ledger.read())
        _check_repos(config, self._at.backlog)
        self._status = LiveStatus()

    def work(self) -> Report:
        """Work until all is done or nothing can go on; return how it ended."""
        self._show_done_items()
        while self._step():
            self._status.show(self.report)
        self._show_stuck_items()
        return self.report

    @property
    def report(self) -> Report:
        """Where the run stands."""
        at = self._at
        return Report(
            backlog=at.backlog,
            outcomes=tuple(at.outcomes.values()),
            attempted=tuple(at.attempted),
            usage=sum((outcome.usage for outcome in at.outcomes.values()), Usage()),
            verdicts=at.verdicts,
            stopped=at.trouble,
            label=self._tools.label,
        )

    def _step(self) -> bool:
        """Start what may start, then wait for one thing to happen; return whether there is more to do."""
        at = self._at
        phase = open_phase(at.backlog, self.report.gates_passed)
        if phase is not None and not at.trouble:
            self._start(phase)
            self._status.show(self.report)
        if at.running:
            self._await_one()
            return True
        if phase is None or at.trouble or not all(item.done for item in at.backlog.phase(phase)):
            return False
        return self._pass_gate(phase)

    def _start(self, phase: int) -> None:
        at = self._at
        starting = next_items(
            at.backlog,
            running=at.running,
            open_phase=phase,
            tried=at.outcomes.keys(),
            limit=self._config.max_parallel,
            again=self._again,
        )
        for item in starting:
            at.attempted.append(item.id)
            at.running.add(item.id)
            at.futures[item.id] = self._submit(item)

    def _submit(self, item: Item) -> Future:
        future: Future = do_item.submit(
            item, self._config, self._run_id, return_state=False, wait_for=self._edges(item)
        )
        future.add_done_callback(lambda _: self._ended.put(item.id))
        return future

    def _edges(self, item: Item) -> list[Future]:
        """Return the futures that the graph draws an edge from; all of them have ended."""
        return [self._at.futures[other] for other in item.depends_on if other in self._at.futures]

    def _await_one(self) -> None:
        ended = self._ended.get()
        self._at.running.discard(ended)
        future = self._at.futures[ended]
        future.wait()
        outcome = future.state.result(raise_on_failure=False)
        if not isinstance(outcome, Outcome):
            outcome = Outcome(ended, Ending.FAILED, notes=future.state.message or "the item's run crashed")
        self._at.outcomes[ended] = outcome
        self._refresh()

    def _refresh(self) -> None:
        """Read the newest backlog; while it cannot be read nothing new starts."""
        try:
            self._at.backlog = self._tools.ledger.read()
            self._at.trouble = ""
        except (BacklogError, LedgerError) as error:
            self._at.trouble = str(error)
            get_run_logger().error("The tracking file cannot be used, nothing new starts:\n%s", error)

    def _pass_gate(self, number: int) -> bool:
        phase = self._at.backlog.phases[number - 1]
        verdicts = check_phase(phase, len(self._at.backlog.phases), self._config, self._run_id)
        self._at.verdicts[number] = verdicts
        return all(verdict.passed for verdict in verdicts)

    def _show_done_items(self) -> None:
        for item in self._at.backlog:
            if item.done:
                self._at.futures[item.id] = already_done.submit(
                    item, return_state=False, wait_for=self._edges(item)
                )
        for future in self._at.futures.values():
            future.wait()

    def _show_stuck_items(self) -> None:
        for stuck in self.report.stuck:
            if stuck.item not in self._at.futures:
                not_started(stuck, return_state=True)
