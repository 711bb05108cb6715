"""The row of an item at work, as this run writes it."""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import UTC, datetime

from tasks_lib.backlog import format_tokens
from tasks_lib.backlog.model import Backlog, Item, ItemStatus
from tasks_lib.planning import entries
from tasks_lib.planning.again import attempts_made
from tasks_lib.ports import Attempt, Edits, Ledger, Outcome, Toolbox

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Return the time that is written into rows, in whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


def settle(ledger: Ledger, outcomes: Collection[Outcome], clock: Clock = utc_now) -> Backlog:
    """Write the outcomes whose own entries did not reach the remote; return the newest backlog.

    Raise ``LedgerError`` or ``BacklogError`` when it can be neither read nor written.
    """
    now = clock()
    return ledger.record(
        lambda backlog: entries.unsettled(backlog, outcomes, now=now), "Record what the run left open"
    )


class ItemRecord:
    """Writes one item's entries and remembers the row as this run wrote it last.

    Every method raises ``CellConflict`` or ``ItemChanged`` when a person changed the row meanwhile, and a
    ``LedgerError`` when the remote does not take the entry.
    """

    def __init__(self, item: Item, tools: Toolbox, clock: Clock = utc_now) -> None:
        self.item = item
        self._tools = tools
        self._clock = clock

    def begin(self) -> None:
        """Write that the item is in progress, before its agent starts."""
        before = self.item
        agent, now = self._tools.agent.name(before, attempts_made(before) + 1), self._clock()
        self.item = self._write(
            lambda backlog: entries.started(backlog, before, agent=agent, now=now),
            f"{before.id}: {ItemStatus.IN_PROGRESS}, {agent}",
        )

    def check(self) -> None:
        """Make sure that the row is still ours, before work of it is published."""
        mine = self.item
        self._write(lambda backlog: entries.checked(backlog, mine), f"{mine.id}: still at work")

    def refuse(self, attempt: Attempt, attempts: int) -> Item:
        """Write why an attempt did not count, and who makes the next one; return the row as it is then."""
        mine = self.item
        agent = self._tools.agent.name(mine, attempt.number + 1)
        written = self._write(
            lambda backlog: entries.refused(
                backlog, mine, attempt=attempt.number, attempts=attempts, why=attempt.refusal, agent=agent
            ),
            f"{mine.id}: attempt {attempt.number} of {attempts} did not pass",
        )
        # Only what was written: another cell that a person changed meanwhile is not ours by that.
        self.item = replace(mine, agent=written.agent, notes=written.notes)
        return self.item

    def end(self, outcome: Outcome) -> None:
        """Write how the item ended, unless the row says so already."""
        mine, now = self.item, self._clock()
        self._write(
            lambda backlog: entries.ended(backlog, mine, outcome, now=now),
            f"{mine.id}: {outcome.ending} ({self._figure(outcome)})",
        )

    def _figure(self, outcome: Outcome) -> str:
        used, label = format_tokens(outcome.usage.used), self._tools.label
        return f"{used}, {label}" if label else used

    def _write(self, edit: Callable[[Backlog], Edits], subject: str) -> Item:
        """Push an entry and return the whole row as it is then."""
        return self._tools.ledger.record(edit, subject, self.item.id)[self.item.id]
