"""One item as a Prefect task: begin it in the ledger, make attempts, write how it ended."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from prefect import get_run_logger, task
from prefect.client.schemas.objects import State, TaskRun
from prefect.exceptions import Pause
from prefect.states import Completed, Failed
from prefect.tasks import Task, exponential_backoff

from tasks_lib.attempt import make_attempt
from tasks_lib.backlog import format_tokens
from tasks_lib.backlog.model import Item, ItemId
from tasks_lib.bootstrap import toolbox
from tasks_lib.config import RunConfig
from tasks_lib.engine.limits import limits_of, within
from tasks_lib.engine.parameters import untraced
from tasks_lib.engine.publishing.artifacts import show_attempt, show_failure
from tasks_lib.engine.pulls import with_pull_request
from tasks_lib.engine.record import ItemRecord
from tasks_lib.engine.work import do
from tasks_lib.errors import AgentUnavailable, BacklogError, CellConflict, ItemChanged, LedgerError
from tasks_lib.planning.causes import Stuck
from tasks_lib.ports import Attempt, Brief, Ending, Outcome, Say, Toolbox, Usage, Workspace
from tasks_lib.telemetry import count_attempt, span, traced
from tasks_lib.transcripts import Judged, note_judgement

RETRIES = 4
"""How often an attempt is called again when the model's service fails, from 10 s to 80 s apart."""

_EXPLAINED = frozenset({Ending.FAILED, Ending.BLOCKED})
"""Endings that have a page of their own on why, and on what to do."""


def _service_failed(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    return isinstance(state.result(raise_on_failure=False), AgentUnavailable)


@task(
    task_run_name="{brief.item.id} attempt {brief.attempt}",
    retries=RETRIES,
    retry_delay_seconds=exponential_backoff(backoff_factor=10),
    retry_jitter_factor=0.5,
    retry_condition_fn=_service_failed,
)
def attempt_item(
    brief: Brief, workspace: Workspace, config: RunConfig, run_id: str, token: str = ""
) -> Attempt:
    """Make one attempt, with a page, logs and an artifact of its own."""
    tools = toolbox(config, run_id, token)
    say = _leashed(brief.item.id, tools, get_run_logger().info)
    item = brief.item
    with within(limits_of(item), say), span("attempt", item=item.id, attempt=brief.attempt):
        attempt = make_attempt(tools, brief, workspace, say)
    used = attempt.work.usage
    count_attempt(item.agent, accepted=attempt.accepted, tokens=used.used, cost=used.cost)
    note_judgement(attempt.work.transcript, _judged(attempt))
    show_attempt(brief, attempt, config, tools.label)
    _made[run_id, brief.item.id] = attempt
    return attempt


_made: dict[tuple[str, ItemId], Attempt] = {}
"""What an attempt came to, by run and item: in a paused run Prefect raises ``Pause`` instead of it."""


def _made_attempt(brief: Brief, workspace: Workspace, config: RunConfig, run_id: str, token: str) -> Attempt:
    """Make an attempt, return it also when the run was paused meanwhile; ``Pause`` when it did not begin."""
    try:
        return attempt_item(untraced(brief), untraced(workspace), untraced(config), run_id, untraced(token))
    except Pause:
        if (run_id, brief.item.id) not in _made:
            raise
        return _made[run_id, brief.item.id]
    finally:
        _made.pop((run_id, brief.item.id), None)


def _judged(attempt: Attempt) -> Judged:
    gates = tuple((each.gate, each.passed, each.output) for each in attempt.verdicts)
    return Judged(attempt.refusal, attempt.harvest.commit if attempt.harvest else "", gates)


def _leashed(item: ItemId, tools: Toolbox, say: Say) -> Say:
    """Return a way to tell progress that ends the work where it is to end."""

    def told(words: str) -> None:
        tools.leash.check(item)
        say(words)

    return told


@task(task_run_name="{item.id}")
@traced("item", lambda item, *_: {"item": item.id})
def do_item(item: Item, config: RunConfig, run_id: str, token: str = "") -> State[Outcome]:
    """Do one item, from its first entry in the ledger to its last; ``token``: see ``toolbox``.

    Raise ``LedgerError`` or ``BacklogError`` when it could not even begin: nothing was written then.
    """
    tools = toolbox(config, run_id, token)
    record = ItemRecord(item, tools)
    attempts: list[Attempt] = []

    def attempt(brief: Brief, workspace: Workspace) -> Attempt:
        attempts.append(_made_attempt(brief, workspace, config, run_id, token))
        return attempts[-1]

    def pull(outcome: Outcome) -> Outcome:
        return with_pull_request(outcome, record.item, config, tools, say)

    say = get_run_logger().info
    try:
        outcome = do(record, config, tools, attempt, say)
        if outcome.ending in _EXPLAINED:
            show_failure(record.item, outcome, attempts, config)
        return _settled(record, outcome, pull)
    except (CellConflict, ItemChanged) as error:
        return final_state(Outcome(item.id, Ending.CHANGED, notes=str(error), usage=error.usage))
    except Pause:
        # Raised where the next attempt was to begin, which is a task too.
        words = "a person paused the run before the next attempt"
        spent = sum((attempt.work.usage for attempt in attempts), Usage())
        return _settled(record, Outcome(item.id, Ending.GIVEN_BACK, notes=words, usage=spent), pull)


def _settled(record: ItemRecord, outcome: Outcome, pull: Callable[[Outcome], Outcome]) -> State[Outcome]:
    """Write the outcome; what the remote does not take now is kept, and written as soon as it does.

    Only when it is written ``pull`` asks for what is done to be merged.
    """
    try:
        record.end(outcome)
    except (LedgerError, BacklogError) as error:
        if isinstance(error, ItemChanged):
            raise
        words = f"{outcome.ending}, not recorded: {error}"
        return state_of(replace(outcome, row=record.item), words)
    return final_state(pull(outcome) if outcome.ending is Ending.DONE else outcome)


def state_of(outcome: Outcome, words: str = "") -> State[Outcome]:
    """Return the state of an item that has ended; ``words`` say why where its row does not say so yet."""
    if outcome.row:
        return Failed(name="Unrecorded", message=words, data=outcome)
    return final_state(outcome)


def final_state(outcome: Outcome) -> State[Outcome]:
    """Return the state that a person sees: its name is the ending, its message says why or how much."""
    if outcome.ending is Ending.DONE:
        used = format_tokens(outcome.usage.used)
        message = f"{used} tokens, {outcome.attempts} attempt(s), commit {outcome.commit[:10]}"
        if outcome.pull_request:
            message += f", {outcome.pull_request}"
        return Completed(name="Done", message=message, data=outcome)
    name = outcome.ending.value.title().replace(" ", "")
    return Failed(name=name, message=outcome.notes, data=outcome)


@task(task_run_name="{item.id}")
def already_done(item: Item) -> State[None]:
    """Show an item that an earlier run finished, in its place in the graph."""
    return Completed(name="DoneBefore", message=f"done at {item.completed_at} by {item.agent}")


@task(task_run_name="{stuck.item}")
def not_started(stuck: Stuck) -> State[None]:
    """Show an item that could not start, and in its name because of which other one."""
    cause = f"phase {stuck.phase}" if stuck.phase is not None else stuck.root
    name = "Blocked" if cause == stuck.item else f"Blocked by {cause}"
    return Failed(name=name, message=str(stuck))
