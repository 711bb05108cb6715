"""What the Prefect server knows of this flow run: that a person retries it, or that it comes too late."""

from prefect import runtime
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterDeploymentId,
    FlowRunFilterStartTime,
)
from prefect.client.schemas.objects import FlowRun, StateType

from tasks_lib.engine.courtesy import asking

_RETRY = "AwaitingRetry"
"""The state that the Retry button sets. A run that goes on after a pause has another one."""


def is_retried() -> bool:
    """Tell whether this flow run is at work again because a person pressed Retry."""
    if runtime.flow_run.run_count < 2:  # noqa: PLR2004 the second time is the first again
        return False
    with asking("look for what began this run again") as client:
        states = client.read_flow_run_states(runtime.flow_run.id)
        scheduled = [state for state in states if state.type is StateType.SCHEDULED]
        return bool(scheduled) and max(scheduled, key=lambda each: each.timestamp).name == _RETRY
    return False


def overtaking_run() -> str:
    """Return the name of a run that makes this one needless, empty where there is none.

    After an outage every run that was scheduled meanwhile is started, one by one. Whatever of the same
    deployment began after this one was due has seen all that this one would see.
    """
    with asking("look for runs that were due with this one") as client:
        mine = client.read_flow_run(runtime.flow_run.id)
        if mine.auto_scheduled and mine.run_count == 1 and mine.deployment_id:
            found = client.read_flow_runs(flow_run_filter=_begun_since(mine), limit=2)
            return next((run.name for run in found if run.id != mine.id), "")
    return ""


def _begun_since(mine: FlowRun) -> FlowRunFilter:
    """Return what finds the deployment's runs that began after this one was due, itself included."""
    return FlowRunFilter(
        deployment_id=FlowRunFilterDeploymentId(any_=[mine.deployment_id]),
        start_time=FlowRunFilterStartTime(after_=mine.expected_start_time),
    )
