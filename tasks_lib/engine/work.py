"""The work on one item, from its first entry in the ledger to its published commit. Knows no Prefect."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from tasks_lib.attempt import check, failures, repair
from tasks_lib.backlog import parse_tokens
from tasks_lib.backlog.model import Item, ItemId, ItemStatus
from tasks_lib.config import RunConfig
from tasks_lib.engine.patience import patiently
from tasks_lib.engine.people.permission import Permission
from tasks_lib.engine.record import ItemRecord
from tasks_lib.errors import (
    AgentError,
    ApprovalNeeded,
    BacklogError,
    CellConflict,
    ItemChanged,
    LockError,
    PublishUnknown,
    RemoteUnavailable,
    RunStopped,
    SetupFailed,
    TasksMdError,
    TrackingFileLost,
)
from tasks_lib.planning.again import asked_words, attempts_made, earlier_words
from tasks_lib.ports import (
    Attempt,
    Brief,
    Ending,
    Harvest,
    Integrated,
    Outcome,
    Say,
    Toolbox,
    Usage,
    Work,
    Workspace,
)

Value = TypeVar("Value")
TryOnce = Callable[[Brief, Workspace], Attempt]


def do(record: ItemRecord, config: RunConfig, tools: Toolbox, try_once: TryOnce, say: Say) -> Outcome:
    """Begin the record's item and return how it ended, which is still to be recorded.

    Raise ``CellConflict`` or ``ItemChanged`` when a person changed its row, ``PublishUnknown`` when its work
    may have been pushed, and what ``record.begin`` raises when it could not even begin: nothing was written
    then.
    """
    before = record.item
    record.begin()
    # Only what a dead run left in progress can be published already; a person who set an item back to
    # not-started wants it done anew.
    adopted = before.status is ItemStatus.IN_PROGRESS
    published = _already_published(before, tools, say) if adopted else None
    return published or _Work(record, before, config, tools, try_once, say).outcome()


def _already_published(item: Item, tools: Toolbox, say: Say) -> Outcome | None:
    """Return the outcome of an item that a dead run pushed and could not record, if its gates still pass."""
    found = tools.workspaces.integrated(item)
    if found is None:
        return None
    say(f"{item.id}: published before as {found.commit[:10]}, its gates are run again")
    red = failures(tools.gates.check_item(item, Harvest(found.commit, item.branch, base=found.base)))
    return None if red else _outcome_of(item.id, found)


def _outcome_of(item: ItemId, found: Integrated) -> Outcome:
    usage = Usage(output=parse_tokens(found.facts.get("Used", "0")))
    attempts = int(found.facts.get("Attempt", "1"))
    return Outcome(item, Ending.DONE, commit=found.commit, usage=usage, attempts=attempts)


@dataclass(frozen=True)
class _Work:
    """The attempts at one item; ``before`` is its row before this run began it."""

    record: ItemRecord
    before: Item
    config: RunConfig
    tools: Toolbox
    try_once: TryOnce
    say: Say

    @property
    def item(self) -> Item:
        """The item as this run wrote it last."""
        return self.record.item

    @cached_property
    def permission(self) -> Permission:
        """What it may do without asking."""
        return Permission(self.config, self.before)

    def outcome(self) -> Outcome:
        """Make attempts in a workspace; what goes wrong with one item never ends the run."""
        try:
            return self._repaired()
        except (CellConflict, ItemChanged, LockError, PublishUnknown):
            # After an unknown push the row stays in progress: whoever adopts it looks first what was
            # published.
            raise
        except (AgentError, RunStopped, RemoteUnavailable, TrackingFileLost, BacklogError) as error:
            return Outcome(self.item.id, Ending.GIVEN_BACK, notes=str(error), usage=error.usage)
        except SetupFailed as error:
            return Outcome(self.item.id, Ending.BLOCKED, notes=str(error), usage=error.usage)
        except TasksMdError as error:
            notes = f"{type(error).__name__}: {error}"
            return Outcome(self.item.id, Ending.FAILED, notes=notes, usage=error.usage)

    def _repaired(self) -> Outcome:
        item, tools = self.item, self.tools
        first = self._first_brief(tools.host.issue(item.issue) if item.issue else "")
        with ExitStack() as stack:
            workspace = self._wait(lambda: stack.enter_context(tools.workspaces.open(item)))
            return repair(
                first,
                lambda brief: (
                    (self._approved(brief) if brief is first else None) or self.try_once(brief, workspace)
                ),
                self._publish,
                lambda attempt: self._wait(lambda: self.record.refuse(attempt, first.attempts)),
                self.permission.afford,
            )

    def _first_brief(self, issue: str) -> Brief:
        """Return the brief of the next attempt; the count goes on where a person asks for another try."""
        made = attempts_made(self.before)
        return Brief(
            self.item,
            attempt=made + 1,
            attempts=made + self.config.attempts,
            feedback=earlier_words(self.before),
            issue=issue,
            spent=self.permission.spent,
            note=asked_words(self.before) or self.permission.note,
        )

    def _approved(self, brief: Brief) -> Attempt | None:
        """Return work that a person approved as an attempt, its gates run again; None where there is none."""
        commit, tools = self.permission.commit, self.tools
        if not commit:
            return None
        harvest = self._wait(lambda: tools.workspaces.kept(brief.item, commit))
        if harvest is None:
            self.say(f"{brief.item.id}: the approved commit {commit} is gone, the work is done anew")
            return None
        attempt = check(tools, brief, Attempt(brief.attempt, Work(None, Usage()), harvest=harvest), self.say)
        if attempt.accepted:
            return attempt
        way = f"The approved work is not on your branch; `git merge {harvest.commit}` brings it there."
        return attempt.refused(f"{attempt.refusal}\n\n{way}")

    def _publish(self, harvest: Harvest, facts: Mapping[str, str]) -> str:
        workspaces = self.tools.workspaces
        self._wait(self.record.check)
        question = self.permission.question(harvest)
        if question:
            self._wait(lambda: workspaces.keep(self.item, harvest))
            raise ApprovalNeeded(question)
        try:
            return self._wait(lambda: workspaces.publish(self.item, harvest, facts))
        except RemoteUnavailable as error:
            raise PublishUnknown(str(error)) from error

    def _wait(self, action: Callable[[], Value]) -> Value:
        return patiently(action, self.config.patience, self.config.poll, self.tools.leash)
