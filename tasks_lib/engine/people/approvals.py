"""Questions to people and their answers, as a run writes them into the tracking file."""

from collections.abc import Collection

from tasks_lib.backlog.model import Backlog, ItemId
from tasks_lib.config import ApprovalConfig
from tasks_lib.engine.record import Clock, utc_now
from tasks_lib.errors import ConfigError
from tasks_lib.planning.decisions import Decisions, decided, phase_asked
from tasks_lib.planning.questions import Stage, overdue, phase_asker, phase_shut, waiting
from tasks_lib.ports import Ledger


class Approvals:
    """Asks and decides in the tracking file; every method raises what ``Ledger.record`` raises."""

    def __init__(self, config: ApprovalConfig, ledger: Ledger, clock: Clock = utc_now) -> None:
        self._config = config
        self._ledger = ledger
        self._clock = clock

    def check(self, decisions: Decisions) -> None:
        """Raise ``ConfigError`` for an answer to what nobody asked."""
        known = waiting(self._ledger.read()) if decisions else {}
        both = sorted({*decisions.approved} & {*decisions.rejected})
        if both:
            raise ConfigError(f"{', '.join(both)}: approve or reject, not both")
        wrong = [item for item in (*decisions.approved, *decisions.rejected) if item not in known]
        if wrong:
            words = ", ".join(known) or "nothing"
            raise ConfigError(f"{', '.join(wrong)}: nobody asked; what waits for approval: {words}")

    def decide(self, decisions: Decisions) -> Backlog:
        """Write what a person decided, and for what has waited too long the default; return the backlog."""
        backlog = self._ledger.read()
        named = {*decisions.approved, *decisions.rejected}
        late = tuple(item for item in self._overdue(backlog) if item not in named)
        words = f"nobody answered in {self._config.timeout / 3600:g} h"
        approves = self._config.default == "approve"
        default = Decisions(late, (), words) if approves else Decisions((), late, words)
        for each in filter(None, (decisions, default)):
            backlog = self._record(each)
        return backlog

    def _record(self, decisions: Decisions) -> Backlog:
        now = self._clock()
        return self._ledger.record(lambda newest: decided(newest, decisions, now=now), _subject(decisions))

    def are_late(self, backlog: Backlog) -> bool:
        """Tell whether something has waited too long."""
        return bool(self._overdue(backlog))

    def _overdue(self, backlog: Backlog) -> tuple[ItemId, ...]:
        return overdue(backlog, timeout=self._config.timeout, now=self._clock())

    def ask_before(self, phase: int, backlog: Backlog, again: Collection[ItemId]) -> Backlog:
        """Ask for a phase that may not begin without a person's word; return the newest backlog."""
        shut = self._config.asks_before(phase) and phase_shut(backlog, phase, again)
        if not shut or phase_asker(backlog, phase) is None:
            return backlog
        now = self._clock()
        return self._ledger.record(
            lambda newest: phase_asked(newest, phase, now=now), f"Ask for approval of phase {phase}"
        )


def _subject(decisions: Decisions) -> str:
    yes, no = ", ".join(decisions.approved), ", ".join(decisions.rejected)
    parts = [f"{Stage.APPROVED} {yes}" if yes else "", f"{Stage.REJECTED} {no}" if no else ""]
    return "; ".join(filter(None, parts))
