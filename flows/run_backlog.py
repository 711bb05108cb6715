"""The main job: docs/tasks.md in, finished and pushed branches and docs/tasks.md out."""

from collections.abc import Sequence

from prefect import flow, runtime
from prefect.client.schemas.objects import State
from prefect.states import Cancelled, Completed, Failed

from flows.form import NO_OVERRIDES, Configuration
from tasks_lib.backlog.model import ItemId
from tasks_lib.bootstrap import persons_ledger, toolbox
from tasks_lib.config import Overrides
from tasks_lib.engine.interruption import cancelled
from tasks_lib.engine.people import asking
from tasks_lib.engine.people.approvals import Approvals
from tasks_lib.engine.reruns import is_retried, overtaking_run
from tasks_lib.engine.secrets import take_secrets
from tasks_lib.engine.session import work_backlog
from tasks_lib.errors import LockHeld, LockLost
from tasks_lib.planning.again import retriable
from tasks_lib.planning.decisions import Decisions
from tasks_lib.planning.ending import Reason, Report, ending
from tasks_lib.planning.questions import question_of
from tasks_lib.ports import Toolbox


@flow(name="run-backlog", flow_run_name="{config.tracking_file} on {config.tracking_branch}")
def run_backlog(  # noqa: PLR0913, PLR0917 the fields of the form
    config: Configuration,
    retry: Sequence[str] = (),
    overrides: Overrides = NO_OVERRIDES,
    approve: Sequence[str] = (),
    reject: Sequence[str] = (),
    note: str = "",
) -> State[None]:
    """Do every item of the backlog, phase by phase, and leave the truth in the tracking file.

    The run is Failed when anything is unfinished, and Completed at once when another run is at work on the
    same tracking file. Its Retry tries what has failed or is blocked once more; nothing done is repeated. A
    run of a deployment that needs a person's decision is suspended instead; resumed with the decision it
    begins anew.

    Args:
        config: Path of the configuration (tasks-md.toml) on the machine that runs this
        retry: Failed or blocked items to try once more
        overrides: Settings for this run alone, over the configuration
        approve: Items that wait for approval and may go on
        reject: Items that wait for approval and are failed
        note: Why they are approved or rejected; it is kept in their rows
    """
    answer = asking.answer()
    overtaking = "" if answer else overtaking_run()
    if overtaking:
        return Completed(name="Overtaken", message=f"{overtaking!r} began after this run was due")
    config = overrides.over(config)
    take_secrets(config)
    run_id = str(runtime.flow_run.id)
    tools = toolbox(config, run_id)
    named = Decisions(tuple(map(ItemId, approve)), tuple(map(ItemId, reject)), note)
    try:
        with tools.lock.exclusive():
            asking.settle(Approvals(config.approval, tools.ledger), named, answer)
            if answer.ends:
                return Failed(name="Budget", message="A person allows no more for this run")
            # What was named when this run began was tried before it was suspended.
            again = () if answer else (*retry, *_failed(tools)) if is_retried() else retry
            report = work_backlog(config, run_id, tools, again)
    except LockHeld as error:
        if named or answer:
            # As a person writes it: the run that is at work finds it in the file.
            asking.settle(Approvals(config.approval, persons_ledger(config)), named, answer)
        return Completed(name="AlreadyRunning", message=str(error))
    except LockLost as error:
        return Failed(name="LockLost", message=str(error))
    if report.reason.asks(budget=config.approval.budget) and asking.can_ask():
        asking.ask(report, config.approval)
    return _final_state(report)


def _failed(tools: Toolbox) -> tuple[ItemId, ...]:
    """Return what may be tried once more without a word about it: nothing that waits or was rejected."""
    return tuple(item.id for item in retriable(tools.ledger.read()) if question_of(item) is None)


def _final_state(report: Report) -> State[None]:
    if report.stopped and cancelled():
        return Cancelled(message=ending(report))
    make = Completed if report.reason is Reason.FINISHED else Failed
    return make(name=report.reason.value.title().replace(" ", ""), message=ending(report))
