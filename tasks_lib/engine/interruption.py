"""How a flow run is interrupted while it is at work: by signals, by Cancel and by Pause in the UI."""

import signal
from uuid import UUID

from prefect import runtime
from prefect.client.schemas.objects import State
from prefect.context import FlowRunContext

from tasks_lib.engine.courtesy import asking


def paused() -> bool:
    """Tell whether this run was paused: Prefect lets no task begin any more, those at work go on."""
    context = FlowRunContext.get()
    return context is not None and context.flow_run_suspension_request.is_requested()


def cancelled() -> bool:
    """Tell whether this run is being cancelled; False as well when the server does not say."""
    state = _state_of(runtime.flow_run.id)
    return state is not None and state.is_cancelling()


def is_over(run_id: str) -> bool:
    """Tell whether a flow run has ended or is being cancelled; False as well when the server does not say."""
    state = _state_of(run_id)
    return state is not None and (state.is_cancelling() or state.is_final())


def _state_of(run_id: str) -> State | None:
    with asking("ask whether the run is being cancelled") as client:
        return client.read_flow_run(UUID(run_id)).state
    return None


def ignore_sigterm() -> None:
    """Let nothing but Ctrl-C and kill -9 end a run that is ending.

    Supervisors say it twice: to all processes, and each process to its children. Prefect restores what was.
    """
    # A handler, not SIG_IGN: that one would be inherited by commands.
    signal.signal(signal.SIGTERM, lambda *_: None)
