"""One item of a run that is at work in another process, wherever a worker takes it."""

from typing import Any

from prefect import flow, runtime
from prefect.client.schemas.objects import State
from prefect.states import Cancelled, Failed

from flows.form import Configuration
from tasks_lib.config.terms import Terms
from tasks_lib.engine.engines.errand import bring_back
from tasks_lib.engine.engines.visit import visit_until_ended
from tasks_lib.engine.interruption import cancelled
from tasks_lib.engine.links import ITEM_FLOW
from tasks_lib.engine.parcel import unpacked_item
from tasks_lib.errors import LockError, RunStopped, TasksMdError
from tasks_lib.ports import Outcome

_ELSEWHERE = "does the configuration of this machine name the same remote as that of the run?"


@flow(name=ITEM_FLOW)
def do_item(item: dict[str, Any], run: str, token: str, terms: Terms, config: Configuration) -> State[None]:
    """Do one item of a run that is at work. Started by that run, never by people.

    Args:
        item: The row, as the run has read it
        run: The flow run that it belongs to
        token: Which time it is that this run took the lock of the tracking file
        terms: What this machine has to do as the run does it
        config: Path of the configuration (tasks-md.toml) on the machine that runs this
    """
    me = str(runtime.flow_run.id)
    try:
        ended, result = visit_until_ended(unpacked_item(item), terms.over(config), run, token)
    except LockError as error:
        words = f"{error}; {_ELSEWHERE}"
        bring_back(RunStopped(words), me)
        return Failed(message=words)
    if isinstance(result, Outcome | TasksMdError):
        bring_back(result, me)
    if cancelled():
        return Cancelled(message=ended.message)
    return State(type=ended.type, name=ended.name, message=ended.message)
