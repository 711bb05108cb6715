"""The work on one item, from its first entry in the ledger to its published commit. Knows no Prefect."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import TypeVar

from tasks_lib.attempt import failures, repair
from tasks_lib.backlog import parse_tokens
from tasks_lib.backlog.model import Item, ItemId, ItemStatus
from tasks_lib.config import RunConfig
from tasks_lib.engine.patience import patiently
from tasks_lib.engine.record import ItemRecord
from tasks_lib.errors import (
    AgentError,
    BacklogError,
    CellConflict,
    ItemChanged,
    LockError,
    PublishUnknown,
    RemoteUnavailable,
    RunStopped,
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
    item = record.item
    record.begin()
    # Only what a dead run left in progress can be published already; a person who set an item back to
    # not-started wants it done anew.
    published = _already_published(item, tools, say) if item.status is ItemStatus.IN_PROGRESS else None
    return published or _work(record, item, config, tools, try_once)


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


def _first_brief(item: Item, before: Item, attempts: int, issue: str) -> Brief:
    """Return the brief of the next attempt; ``before`` is the row before this run began it.

    The count of attempts goes on where a person asks for another try.
    """
    made = attempts_made(before)
    feedback, note = earlier_words(before), asked_words(before)
    return Brief(item, attempt=made + 1, attempts=made + attempts, feedback=feedback, issue=issue, note=note)


def _work(record: ItemRecord, before: Item, config: RunConfig, tools: Toolbox, try_once: TryOnce) -> Outcome:
    """Make attempts in a workspace; what goes wrong with one item never ends the run."""
    item = record.item

    def wait(action: Callable[[], Value]) -> Value:
        return patiently(action, config.patience, config.poll, tools.leash)

    def publish(harvest: Harvest, facts: Mapping[str, str]) -> str:
        wait(record.check)
        try:
            return wait(lambda: tools.workspaces.publish(record.item, harvest, facts))
        except RemoteUnavailable as error:
            raise PublishUnknown(str(error)) from error

    try:
        issue = tools.host.issue(item.issue) if item.issue else ""
        with ExitStack() as stack:
            workspace = wait(lambda: stack.enter_context(tools.workspaces.open(item)))
            brief = _first_brief(item, before, config.attempts, issue)
            return repair(
                brief,
                lambda brief: try_once(brief, workspace),
                publish,
                lambda attempt: wait(lambda: record.refuse(attempt, brief.attempts)),
            )
    except (CellConflict, ItemChanged, LockError, PublishUnknown):
        # After an unknown push the row stays in progress: whoever adopts it looks first what was published.
        raise
    except (AgentError, RunStopped, RemoteUnavailable, TrackingFileLost, BacklogError) as error:
        return Outcome(item.id, Ending.GIVEN_BACK, notes=str(error))
    except TasksMdError as error:
        return Outcome(item.id, Ending.FAILED, notes=f"{type(error).__name__}: {error}")
