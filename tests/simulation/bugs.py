"""Seeded bugs in what a run writes and starts: a sound run with one mistake that one could really make."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from tasks_lib.backlog import edit_backlog, format_time
from tasks_lib.backlog.model import Backlog, Item, ItemStatus
from tasks_lib.errors import AgentError, RunStopped
from tasks_lib.planning import entries
from tasks_lib.planning.frontier import next_items
from tasks_lib.ports import Edits, Ending, Outcome
from tests.simulation.item import ItemWork
from tests.simulation.ledger import Edit, Ledger
from tests.simulation.run import PARALLEL, Parts, Run
from tests.simulation.text import soundly
from tests.simulation.work import Workspace
from tests.simulation.world import IDLE, Steps


def writing_a_text_instead_of_an_edit() -> Parts:
    """The text that was made for one tip is pushed onto the newer one when that race was lost."""

    class Texts(Ledger):
        made: bytes | None = None

        def attempt(self, edit: Edit, subject: str, operation: str, retry: int) -> Steps[bytes | None]:
            self.made = self.made if retry else None
            tip = yield from self.newest()
            text = self.text(self.landed(operation, tip) or tip)
            new = text if self.landed(operation, tip) else self.changed(text, edit)
            if new == text:
                return text
            self.made = self.made or new
            return (yield from self.write(tip, self.made, subject, operation))

    return Parts(ledger=Texts)


def retrying_without_the_guard() -> Parts:
    """The cells are decided once, on the first tip, and written onto whatever tip a retry finds."""

    class Hasty(Ledger):
        def record(self, edit: Edit, subject: str) -> Steps[Backlog]:
            decided: list[Edits] = []

            def once(backlog: Backlog) -> Edits:
                decided[:] = decided or [edit(backlog)]
                return {item: cells for item, cells in decided[0].items() if item in backlog}

            return (yield from super().record(once, subject))

    return Parts(ledger=Hasty)


def writing_into_a_broken_file() -> Parts:
    """When the file cannot be read, the cells are written by what was read last."""

    class Stubborn(Ledger):
        good: Backlog | None = None

        def changed(self, text: bytes, edit: Edit) -> bytes:
            self.good = soundly(text) or self.good
            if self.good is None:
                return super().changed(text, edit)
            edits = edit(self.good)
            return edit_backlog(text, edits, add_columns=True) if edits else text

    return Parts(ledger=Stubborn)


def recording_done_before_publishing() -> Parts:
    """An item is recorded as done, and its work pushed after that."""

    class Early(ItemWork):
        def _publish(self, workspace: Workspace) -> Steps[None]:
            yield from self.settled(Outcome(self.item.id, Ending.DONE, "made", workspace.head))
            yield from self.run.workspaces.publish(self.item, workspace)

    return Parts(item=Early)


def working_before_the_beginning_is_pushed() -> Parts:
    """The agent works first, and the row says so afterwards."""

    class Eager(ItemWork):
        def begin(self) -> Steps[None]:
            yield from self._agent()
            yield from super().begin()

    return Parts(item=Eager)


def leaving_what_is_abandoned() -> Parts:
    """What a dead run left in progress stays so where this one cannot go on with it."""

    class Careless(Run):
        def given_back(self) -> Steps[list[Outcome]]:
            return []
            yield  # a thread that takes no step

    return Parts(run=Careless)


def ignoring_changed_dependencies() -> Parts:
    """The guard of a beginning looks at the status alone."""

    class Blind(ItemWork):
        def started(self, backlog: Backlog, item: Item, now: datetime) -> Edits:
            free = tuple(replace(each, depends_on=()) for each in backlog)
            return super().started(Backlog(free, backlog.phases), item, now)

    return Parts(item=Blind)


def overwriting_what_a_person_wrote() -> Parts:
    """The cells of an item at work are written without looking at what they say by now."""

    class Deaf(ItemWork):
        def refused(self, backlog: Backlog, mine: Item, number: int, why: str) -> Edits:
            return super().refused(backlog, _newest(backlog, mine), number, why)

        def entry_of_end(self, backlog: Backlog, mine: Item, outcome: Outcome, now: datetime) -> Edits:
            return super().entry_of_end(backlog, _newest(backlog, mine), outcome, now)

    def _newest(backlog: Backlog, mine: Item) -> Item:
        return next((item for item in backlog if item.id == mine.id), mine)

    return Parts(item=Deaf)


def settling_over_what_a_person_wrote() -> Parts:
    """An ending that was not recorded is written later, whatever the row says by then."""

    class Late(Run):
        def settle(self, given_back: Collection[Outcome] = ()) -> Steps[Backlog]:
            now = self.machine.time_of_day()
            outcomes = [each for each in (*self.outcomes.values(), *given_back) if each.row]

            def edit(backlog: Backlog) -> Edits:
                rows = [(backlog[each.item], each) for each in outcomes if each.item in backlog]
                return {
                    row.id: cells
                    for row, each in rows
                    if row.status is ItemStatus.IN_PROGRESS
                    for cells in entries.ended(backlog, row, each, now=now).values()
                }

            return (yield from self.ledger.record(edit, "Record what was left open"))

    return Parts(run=Late)


def believing_the_time_of_day() -> Parts:
    """An item is completed at whatever time it is, also when the clock was set back."""

    class Naive(ItemWork):
        def entry_of_end(self, backlog: Backlog, mine: Item, outcome: Outcome, now: datetime) -> Edits:
            edits = super().entry_of_end(backlog, mine, outcome, now)
            return {item: {**cells, "completed_at": format_time(now)} for item, cells in edits.items()}

    return Parts(item=Naive)


def failing_items_for_the_remote() -> Parts:
    """An item is failed because the remote was away, or the file broken, when something was to be written."""

    class Harsh(ItemWork):
        nobodys_fault = (AgentError, RunStopped)

    return Parts(item=Harsh)


def forgetting_adopted_rows() -> Parts:
    """Only what is not started is started: rows that a dead run left in progress stay so."""

    class Aloof(Run):
        def startable(self, phase: int) -> tuple[Item, ...]:
            return tuple(
                item for item in super().startable(phase) if item.status is not ItemStatus.IN_PROGRESS
            )

    return Parts(run=Aloof)


def adopting_without_looking() -> Parts:
    """What a dead run left in progress is done anew, although it may be published already."""

    class Busy(ItemWork):
        def published(self) -> Steps[Outcome | None]:
            yield IDLE, 0
            return None

    return Parts(item=Busy)


def starting_a_later_phase() -> Parts:
    """When nothing of the open phase can start, the next one is begun."""

    class Ahead(Run):
        def startable(self, phase: int) -> tuple[Item, ...]:
            numbers = range(phase, len(self.backlog.phases) + 1)
            return next(filter(None, map(super().startable, numbers)), ())

    return Parts(run=Ahead)


def sharing_a_branch() -> Parts:
    """Two items of one branch are at work together."""

    class Crowded(Run):
        def startable(self, phase: int) -> tuple[Item, ...]:
            apart = tuple(replace(item, branch="") for item in self.backlog)
            chosen = next_items(
                Backlog(apart, self.backlog.phases),
                running=self.running,
                open_phase=phase,
                tried=self.outcomes.keys(),
                limit=PARALLEL,
                again=self.again,
            )
            return tuple(self.backlog[item.id] for item in chosen)

    return Parts(run=Crowded)


WRITING = (
    writing_a_text_instead_of_an_edit,
    retrying_without_the_guard,
    writing_into_a_broken_file,
    recording_done_before_publishing,
    working_before_the_beginning_is_pushed,
    ignoring_changed_dependencies,
    overwriting_what_a_person_wrote,
    settling_over_what_a_person_wrote,
    believing_the_time_of_day,
    failing_items_for_the_remote,
    forgetting_adopted_rows,
    adopting_without_looking,
    leaving_what_is_abandoned,
    starting_a_later_phase,
    sharing_a_branch,
)
