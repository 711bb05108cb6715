"""How a run ended, or where it stands: the facts, the reason, and the words for a person."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from tasks_lib.backlog.model import Backlog, Item, ItemId
from tasks_lib.planning.frontier import Stuck, next_items, open_phase, stuck_items
from tasks_lib.planning.mends import mends
from tasks_lib.planning.plan import reasons
from tasks_lib.planning.questions import waiting
from tasks_lib.ports import Ending, Outcome, Usage, Verdict


class Reason(StrEnum):
    """Why a run is over; ``UNDERWAY`` while it is not."""

    FINISHED = "finished"
    DEADLOCK = "deadlock"
    GATE_FAILED = "gate failed"
    STOPPED = "stopped"
    BUDGET = "budget"
    WAITING = "waiting for approval"
    UNDERWAY = "underway"

    def asks(self, *, budget: bool) -> bool:
        """Tell whether a person's answer lets the run go on; with ``budget`` they may allow more of it."""
        return self is Reason.WAITING or (self is Reason.BUDGET and budget)


@dataclass(frozen=True, slots=True)
class Report:
    """A run, at its end or on its way.

    ``outcomes`` are of this run, in the order of their endings; ``attempted`` are all items that it started.
    ``verdicts`` maps a phase's number to what its gates said: no entry while they have not run, an empty one
    for a phase without gates. ``stopped`` is why the run was ended from outside, ``overspent`` which of its
    budgets is used up; else they are empty. ``label`` marks figures that were not measured on a real model:
    ``replay``.
    """

    backlog: Backlog
    outcomes: tuple[Outcome, ...] = ()
    attempted: tuple[ItemId, ...] = ()
    usage: Usage = field(default_factory=Usage)
    verdicts: Mapping[int, Sequence[Verdict]] = field(default_factory=dict)
    stopped: str = ""
    overspent: str = ""
    label: str = ""

    @property
    def gates_passed(self) -> frozenset[int]:
        """The phases whose gates this run has seen green."""
        return frozenset(
            number for number, found in self.verdicts.items() if all(verdict.passed for verdict in found)
        )

    @property
    def pending_gates(self) -> tuple[int, ...]:
        """The phases whose gates are still to pass; none where there is no run, only a file."""
        if not self.attempted and not self.outcomes and not self.verdicts:
            return ()
        return tuple(number for number in self.all_phases if number not in self.gates_passed)

    @property
    def red_gates(self) -> tuple[tuple[int, Verdict], ...]:
        """The verdicts that keep a phase shut, with the phase's number."""
        found = ((number, verdict) for number, verdicts in self.verdicts.items() for verdict in verdicts)
        return tuple((number, verdict) for number, verdict in found if not verdict.passed)

    @property
    def running(self) -> tuple[ItemId, ...]:
        """What was started and has not come to an ending."""
        return tuple(item for item in self.attempted if item not in self._ended)

    @property
    def stuck(self) -> tuple[Stuck, ...]:
        """What cannot go on without a person."""
        phase = open_phase(self.backlog, self.all_phases)
        return () if phase is None else stuck_items(self.backlog, phase, tried=self._ended)

    @property
    def _ended(self) -> frozenset[ItemId]:
        return frozenset(outcome.item for outcome in self.outcomes)

    @property
    def all_phases(self) -> tuple[int, ...]:
        """The numbers of all phases."""
        return tuple(phase.number for phase in self.backlog.phases)

    @property
    def ready(self) -> tuple[Item, ...]:
        """What could start next, were there agents enough."""
        phase = open_phase(self.backlog, self.all_phases)
        if phase is None:
            return ()
        tried, limit = self._ended, len(self.backlog)
        return next_items(self.backlog, running=self.running, open_phase=phase, tried=tried, limit=limit)

    @property
    def reason(self) -> Reason:
        """Why the run is over."""
        if self.red_gates:
            return Reason.GATE_FAILED
        if self.backlog.finished and not self.pending_gates:
            return Reason.FINISHED
        if self.stopped:
            return Reason.STOPPED
        if self.overspent and not self.running:
            return Reason.BUDGET
        going_on = self.running or self.ready or self.backlog.finished
        if going_on:
            return Reason.UNDERWAY
        return Reason.WAITING if waiting(self.backlog) else Reason.DEADLOCK


def ending(report: Report) -> str:
    """Say why the run is over and what a person can do, in one line or a few."""
    return "\n".join([_headline(report), *(f"  {line}" for line in _details(report))])


def _headline(report: Report) -> str:
    done, total = sum(item.done for item in report.backlog), len(report.backlog)
    return f"{report.reason.value.capitalize()}: {done} of {total} items are done."


def _details(report: Report) -> Iterator[str]:
    if report.reason is Reason.STOPPED:
        yield report.stopped
    if report.reason is Reason.BUDGET:
        yield f"{report.overspent} (the run's budget); another run goes on from here"
    for item, question in waiting(report.backlog).items():
        yield f"{item} waits for approval: {question.matter}: {question.words}"
    yield from (outcome.notes for outcome in report.outcomes if outcome.ending is Ending.CHANGED)
    for number, verdict in report.red_gates:
        last = (verdict.output.strip().splitlines() or ["no output"])[-1]
        yield f"phase {number}: the gate {verdict.gate} is red: {last}"
    if report.reason is Reason.WAITING:
        yield "decide: tasks-md run --approve ID, or tasks-md run --reject ID --note WHY"
    if report.reason is Reason.DEADLOCK:
        yield from reasons(report.stuck)
        yield from (f"what would help: {mend}" for mend in mends(report.backlog, report.stuck))
