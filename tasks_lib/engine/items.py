"""One item as a Prefect task: begin it in the ledger, make attempts, write how it ended."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from typing import Any, TypeVar

from prefect import get_run_logger, task
from prefect.client.schemas.objects import State, TaskRun
from prefect.states import Completed, Failed
from prefect.tasks import Task, exponential_backoff

from tasks_lib.attempt import failures, make_attempt, repair
from tasks_lib.backlog import format_tokens, parse_tokens
from tasks_lib.backlog.model import Item, ItemId, ItemStatus
from tasks_lib.bootstrap import toolbox
from tasks_lib.config import RunConfig
from tasks_lib.engine.artifacts import show_attempt
from tasks_lib.engine.patience import patiently
from tasks_lib.engine.record import ItemRecord
from tasks_lib.errors import (
    AgentError,
    AgentUnavailable,
    BacklogError,
    CellConflict,
    ItemChanged,
    LedgerError,
    LockError,
    RemoteUnavailable,
    RunStopped,
    TasksMdError,
)
from tasks_lib.planning.causes import Stuck
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

RETRIES = 4
"""How often an attempt is called again when the model's service fails, from 10 s to 80 s apart."""


def _service_failed(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    return isinstance(state.result(raise_on_failure=False), AgentUnavailable)


@task(
    task_run_name="{brief.item.id} attempt {brief.attempt}",
    retries=RETRIES,
    retry_delay_seconds=exponential_backoff(backoff_factor=10),
    retry_jitter_factor=0.5,
    retry_condition_fn=_service_failed,
)
def attempt_item(brief: Brief, workspace: Workspace, config: RunConfig, run_id: str) -> Attempt:
    """Make one attempt, with a page, logs and an artifact of its own."""
    tools = toolbox(config, run_id)
    attempt = make_attempt(tools, brief, workspace, _leashed(brief.item.id, tools, get_run_logger().info))
    show_attempt(brief, attempt, tools)
    return attempt


def _leashed(item: ItemId, tools: Toolbox, say: Say) -> Say:
    """Return a way to tell progress that ends the work where it is to end."""

    def told(words: str) -> None:
        tools.leash.check(item)
        say(words)

    return told


@task(task_run_name="{item.id}")
def do_item(item: Item, config: RunConfig, run_id: str) -> State[Outcome]:
    """Do one item, from its first entry in the ledger to its last.

    Raise ``LedgerError`` or ``BacklogError`` when it could not even begin: nothing was written then.
    """
    tools = toolbox(config, run_id)
    record = ItemRecord(item, tools)
    try:
        record.begin()
        # Only what a dead run left in progress can be published already; a person who set an item back to
        # not-started wants it done anew.
        published = _already_published(item, tools) if item.status is ItemStatus.IN_PROGRESS else None
        outcome = published or _work(record, config, run_id, tools)
        return _settled(record, outcome)
    except (CellConflict, ItemChanged) as error:
        return final_state(Outcome(item.id, Ending.CHANGED, notes=str(error)))


def _already_published(item: Item, tools: Toolbox) -> Outcome | None:
    """Return the outcome of an item that a dead run pushed and could not record, if its gates still pass."""
    found = tools.workspaces.integrated(item)
    if found is None:
        return None
    get_run_logger().info(f"{item.id}: published before as {found.commit[:10]}, its gates are run again")
    red = failures(tools.gates.check_item(item, Harvest(found.commit, item.branch)))
    return None if red else _outcome_of(item.id, found)


def _outcome_of(item: ItemId, found: Integrated) -> Outcome:
    usage = Usage(output=parse_tokens(found.facts.get("Used", "0")))
    attempts = int(found.facts.get("Attempt", "1"))
    return Outcome(item, Ending.DONE, commit=found.commit, usage=usage, attempts=attempts)


def _work(record: ItemRecord, config: RunConfig, run_id: str, tools: Toolbox) -> Outcome:
    """Make attempts in a workspace; what goes wrong with one item never ends the run."""
    item = record.item

    def wait(action: Callable[[], Value]) -> Value:
        return patiently(action, config.patience, config.poll, tools.leash)

    def publish(harvest: Harvest, facts: Mapping[str, str]) -> str:
        wait(record.check)
        return wait(lambda: tools.workspaces.publish(record.item, harvest, facts))

    try:
        issue = tools.host.issue(item.issue) if item.issue else ""
        with ExitStack() as stack:
            workspace = wait(lambda: stack.enter_context(tools.workspaces.open(item)))
            return repair(
                Brief(item, attempt=1, attempts=config.attempts, issue=issue),
                lambda brief: attempt_item(brief, workspace, config, run_id),
                publish,
                lambda attempt: wait(lambda: record.refuse(attempt, config.attempts)),
            )
    except (CellConflict, ItemChanged, LockError):
        raise
    except (AgentError, RunStopped, RemoteUnavailable, BacklogError) as error:
        return Outcome(item.id, Ending.GIVEN_BACK, notes=str(error))
    except TasksMdError as error:
        return Outcome(item.id, Ending.FAILED, notes=f"{type(error).__name__}: {error}")


def _settled(record: ItemRecord, outcome: Outcome) -> State[Outcome]:
    """Write the outcome; what the remote does not take now is kept, and written as soon as it does."""
    try:
        record.end(outcome)
    except (LedgerError, BacklogError) as error:
        if isinstance(error, ItemChanged):
            raise
        outcome = replace(outcome, row=record.item)
        return Failed(name="Unrecorded", message=f"{outcome.ending}, not recorded: {error}", data=outcome)
    return final_state(outcome)


def final_state(outcome: Outcome) -> State[Outcome]:
    """Return the state that a person sees: its name is the ending, its message says why or how much."""
    if outcome.ending is Ending.DONE:
        used = format_tokens(outcome.usage.used)
        message = f"{used} tokens, {outcome.attempts} attempt(s), commit {outcome.commit[:10]}"
        return Completed(name="Done", message=message, data=outcome)
    name = outcome.ending.value.title().replace(" ", "")
    return Failed(name=name, message=outcome.notes, data=outcome)


@task(task_run_name="{item.id}")
def already_done(item: Item) -> State[None]:
    """Show an item that an earlier run finished, in its place in the graph."""
    return Completed(name="DoneBefore", message=f"done at {item.completed_at} by {item.agent}")


@task(task_run_name="{stuck.item}")
def not_started(stuck: Stuck) -> State[None]:
    """Show an item that could not start, and why."""
    return Failed(name="Blocked", message=str(stuck))
