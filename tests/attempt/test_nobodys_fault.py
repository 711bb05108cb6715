"""What is no agent's fault and no gate's: a set-up that fails on the untouched base, a missing sandbox."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from tasks_lib.backlog import parse_backlog
from tasks_lib.backlog.model import Backlog, Item, ItemId
from tasks_lib.config import RunConfig
from tasks_lib.engine.record import ItemRecord
from tasks_lib.engine.work import do
from tasks_lib.errors import SandboxMissing, SetupFailed
from tasks_lib.ports import Attempt, Brief, Edits, Ending, Outcome, Workspace
from tasks_lib.sandbox.bubblewrap import INSTALL
from tests.attempt.test_repair import ScriptedAgent, ScriptedGates, ScriptedWorkspaces, tools

TEXT = b"""\
| id | status | description | branch |
|---|---|---|---|
| MS-SEC-001 | not-started | Hash passwords | fix/hash |
"""
WORDS = "the set-up of apps/web ended with exit code 1 on the untouched commit 0123456789"


class Unprepared(ScriptedWorkspaces):
    """Cannot set any checkout up."""

    @contextmanager
    def open(self, item: Item) -> Iterator[Workspace]:
        if item.id:
            raise SetupFailed(f"{item.id}: {WORDS}")
        with super().open(item) as workspace:
            yield workspace


class PaperLedger:
    """Always shows the same backlog."""

    def read(self) -> Backlog:
        return parse_backlog(TEXT)

    def record(self, edit: Callable[[Backlog], Edits], subject: str, item: ItemId | None = None) -> Backlog:
        assert edit(self.read()) is not None, (subject, item)
        return self.read()


def never(brief: Brief, _workspace: Workspace) -> Attempt:
    raise AssertionError(f"attempt {brief.attempt} was made")


def without_bubblewrap(_brief: Brief, _workspace: Workspace) -> Attempt:
    raise SandboxMissing(INSTALL)


def test_without_its_sandbox_an_item_fails_and_says_how_to_install_it() -> None:
    """Nothing is run without it instead."""
    box = replace(tools(ScriptedAgent(), ScriptedGates(), ScriptedWorkspaces()), ledger=PaperLedger())
    item = PaperLedger().read()[ItemId("MS-SEC-001")]
    outcome = do(ItemRecord(item, box), RunConfig(), box, without_bubblewrap, print)
    assert outcome.ending is Ending.FAILED
    assert "apt-get install bubblewrap" in outcome.notes


def test_the_item_is_blocked_and_no_attempt_is_spent() -> None:
    """Its notes say what a person has to mend; nothing was used."""
    box = replace(tools(ScriptedAgent(), ScriptedGates(), Unprepared()), ledger=PaperLedger())
    item = PaperLedger().read()[ItemId("MS-SEC-001")]
    outcome = do(ItemRecord(item, box), RunConfig(), box, never, print)
    assert outcome == Outcome(item.id, Ending.BLOCKED, notes=f"{item.id}: {WORDS}")
