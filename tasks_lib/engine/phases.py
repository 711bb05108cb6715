"""The steps of a run that belong to no single item: phase gates and the last entry in the ledger."""

from collections.abc import Sequence

from prefect import get_run_logger, task
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from tasks_lib.attempt import failures
from tasks_lib.backlog.model import Backlog, Phase
from tasks_lib.bootstrap import toolbox
from tasks_lib.config import RunConfig
from tasks_lib.engine.parameters import untraced
from tasks_lib.engine.publishing.artifacts import show_phase_gate
from tasks_lib.engine.record import settle
from tasks_lib.ports import Outcome, Verdict
from tasks_lib.telemetry import traced


def check_phase(phase: Phase, phases: int, config: RunConfig, run_id: str) -> tuple[Verdict, ...]:
    """Run a phase's gates on the integrated result, as a Prefect task; ``phases`` is how many there are."""
    state = _phase_gate(untraced(phase), phases, untraced(config), run_id, return_state=True)
    verdicts = state.result(raise_on_failure=False)
    if isinstance(verdicts, tuple):
        return verdicts
    return (Verdict(f"phase {phase.number}", passed=False, output=state.message or "the gate crashed"),)


@task(task_run_name="Gate of {phase.title}")
@traced("phase gate", lambda phase, *_: {"phase": phase.number})
def _phase_gate(phase: Phase, phases: int, config: RunConfig, run_id: str) -> State[tuple[Verdict, ...]]:
    tools = toolbox(config, run_id)
    verdicts = tuple(tools.gates.check_phase(phase.number, last=phase.number == phases))
    show_phase_gate(phase, verdicts, config)
    red = failures(verdicts)
    if red:
        get_run_logger().error(red)
        return Failed(name="GateFailed", message=_names(verdicts, passed=False) + " failed", data=verdicts)
    return Completed(name="Passed", message=_names(verdicts, passed=True) or "no gates", data=verdicts)


def _names(verdicts: Sequence[Verdict], *, passed: bool) -> str:
    return ", ".join(verdict.gate for verdict in verdicts if verdict.passed is passed)


@task(task_run_name="Save the tracking file")
def save_backlog(
    outcomes: Sequence[Outcome], abandoned: Sequence[Outcome], config: RunConfig, run_id: str
) -> Backlog:
    """Write every outcome that its own entry could not write, push, and return the newest backlog.

    Of the ``abandoned`` those are left as they are whose work a dead run has published: it only waits for
    being recorded.
    """
    tools = toolbox(config, run_id)
    given_back = [each for each in abandoned if each.row and tools.workspaces.integrated(each.row) is None]
    return settle(tools.ledger, [*outcomes, *given_back])
