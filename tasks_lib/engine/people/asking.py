"""Asking a person in the Prefect UI: the flow run is suspended with a form, and its process ends.

Nothing is held open meanwhile. When the run is resumed the flow begins anew, and finds the answer here.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from prefect import get_client, runtime, suspend_flow_run
from prefect.client.schemas.filters import FlowRunFilter
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.input import delete_flow_run_input, read_flow_run_input
from prefect.states import Cancelled, Scheduled

from tasks_lib.config import ApprovalConfig
from tasks_lib.engine.people.approvals import Approvals
from tasks_lib.engine.people.forms import MoreBudget, budget_form, items_form, offered_items, read_decision
from tasks_lib.engine.record import utc_now
from tasks_lib.planning.decisions import Decisions
from tasks_lib.planning.ending import Reason, Report
from tasks_lib.planning.questions import deadline, waiting

DEADLINE_TAG = "tasks-md-deadline"
"""Marks the run that is scheduled for the moment at which the default decision counts."""

_KEY = "tasks-md-"
_ONCE = frozenset({"retry", "approve", "reject", "note"})


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person said when they resumed the run; ``ends``: they allow no more of the run's budget.

    It is false when the run was not resumed with an answer, or that answer has counted before.
    """

    decisions: Decisions = field(default_factory=Decisions)
    ends: bool = False
    key: str = ""

    def __bool__(self) -> bool:
        return bool(self.key)


def answer() -> Answer:
    """Return the answer that this flow run was resumed with."""
    last = _last_question(_this_run())
    given = read_flow_run_input(_response(last)) if last else None
    if not isinstance(given, dict):
        return Answer()
    offered = offered_items(read_flow_run_input(_name(last, "schema")))
    if offered:
        return Answer(read_decision(given, offered).decisions, key=_response(last))
    return Answer(ends=MoreBudget.model_validate(given).decision == "reject", key=_response(last))


def settle(approvals: Approvals, named: Decisions, given: Answer) -> None:
    """Write what was decided into the tracking file, and let the answer count once.

    ``named`` is what the flow was called with; where the run was resumed the answer counts in its place.
    Raise ``ConfigError`` for a decision about what nobody asked, and what ``Approvals.decide`` raises.
    """
    if given:
        approvals.decide(given.decisions)
        delete_flow_run_input(given.key)
    else:
        approvals.check(named)
        approvals.decide(named)
    if can_ask():
        _take_over()


def can_ask() -> bool:
    """Tell whether this run can be resumed later: only one of a deployment can."""
    return runtime.deployment.id is not None


def ask(report: Report, config: ApprovalConfig) -> None:
    """Suspend this flow run with a form; never returns. What is asked is in the report.

    For the moment at which the default decision counts, a run of the same deployment is scheduled.
    """
    over, questions = report.reason is Reason.BUDGET, waiting(report.backlog)
    moment = deadline(report.backlog, timeout=config.timeout)
    if over and config.default == "approve":
        moment = utc_now() + timedelta(seconds=config.timeout)
    run = _this_run()
    if moment:
        _schedule(run, moment)
    suspend_flow_run(
        wait_for_input=budget_form(report.overspent) if over else items_form(questions),
        key=f"{_KEY}{_last_question(run) + 1}",
        timeout=None if moment else int(config.timeout),
    )


def _schedule(run: FlowRun, moment: datetime) -> None:
    parameters = {name: value for name, value in run.parameters.items() if name not in _ONCE}
    with get_client(sync_client=True) as client:
        client.create_flow_run_from_deployment(
            UUID(runtime.deployment.id),
            name=f"decides at {moment:%Y-%m-%d %H:%M} UTC",
            parameters=parameters,
            state=Scheduled(scheduled_time=moment),
            tags=[DEADLINE_TAG],
        )


def _take_over() -> None:
    """End what other runs of this deployment have asked: from now on it is this run that asks."""
    this = UUID(runtime.flow_run.id)
    words = f"What it asked is asked, or was decided, by the flow run {this}"
    with get_client(sync_client=True) as client:
        for run in client.read_flow_runs(flow_run_filter=_others(StateType.PAUSED)):
            if run.id != this and _last_question(run):
                client.set_flow_run_state(run.id, Cancelled(name="Superseded", message=words), force=True)
        for run in client.read_flow_runs(flow_run_filter=_others(StateType.SCHEDULED, DEADLINE_TAG)):
            if run.id != this:
                client.delete_flow_run(run.id)


def _others(state: StateType, *tags: str) -> FlowRunFilter:
    """Return the filter for runs of this deployment in that state, with these tags."""
    values: dict[str, object] = {
        "deployment_id": {"any_": [runtime.deployment.id]},
        "state": {"type": {"any_": [state]}},
        "tags": {"all_": list(tags)} if tags else None,
    }
    return FlowRunFilter.model_validate(values)


def _this_run() -> FlowRun:
    with get_client(sync_client=True) as client:
        return client.read_flow_run(UUID(runtime.flow_run.id))


def _last_question(run: FlowRun) -> int:
    """Return the number of the run's newest question, 0 where it has asked none; a person's pause is none."""
    keys = run.empirical_policy.pause_keys or ()
    return max((int(key.removeprefix(_KEY)) for key in keys if key.startswith(_KEY)), default=0)


def _response(number: int) -> str:
    return _name(number, "response")


def _name(number: int, part: str) -> str:
    """Return what Prefect calls a part of a question: its ``schema`` or its ``response``."""
    return f"suspended-{_KEY}{number}-{part}"
