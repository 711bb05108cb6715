"""What crosses between a run and the flow runs of its items comes out as it went in."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from prefect.client.schemas.objects import FlowRun, State
from prefect.states import Cancelled, Crashed, Failed

from tasks_lib.backlog.model import Item, ItemId, ItemStatus
from tasks_lib.config import AgentConfig, Overrides, RunConfig, Rung, Terms
from tasks_lib.engine.engines.work_pool import lost
from tasks_lib.engine.parcel import packed, packed_result, unpacked_item, unpacked_result
from tasks_lib.errors import LockLost, RemoteUnavailable, RunStopped, TasksMdError
from tasks_lib.ports import Ending, Outcome, Usage

ROW = Item(
    ItemId("MS-SEC-001"),
    ItemStatus.IN_PROGRESS,
    "Mend it",
    phase=1,
    line=9,
    issue=7,
    depends_on=(ItemId("MS-SEC-000"),),
    started_at=datetime(2026, 2, 5, 14, tzinfo=UTC),
    estimate=5000,
)


def test_a_row_and_an_outcome_survive_the_way() -> None:
    """With their types: an id is an id, a time a time."""
    row = unpacked_item(json.loads(json.dumps(packed(ROW))))
    assert row == ROW
    assert (type(row.id), type(row.depends_on[0])) == (ItemId, ItemId)
    bare = Outcome(ROW.id, Ending.DONE, commit="abc", usage=Usage(input=3, cost=0.5), attempts=2)
    for outcome in (bare, replace(bare, ending=Ending.GIVEN_BACK, row=ROW)):
        assert unpacked_result(json.loads(json.dumps(packed_result(outcome)))) == outcome


@pytest.mark.parametrize(
    ("error", "kind"), [(RemoteUnavailable("away"), RemoteUnavailable), (LockLost("gone"), RunStopped)]
)
def test_what_could_not_begin_says_whether_that_may_pass(
    error: TasksMdError, kind: type[TasksMdError]
) -> None:
    """A run waits for a remote that is away, and stops for what needs a person."""
    with pytest.raises(kind, match=str(error)):
        unpacked_result(packed_result(error))


@pytest.mark.parametrize("data", [{}, {"outcome": {}}, {"outcome": {"item": "x", "ending": "eaten"}}])
def test_what_is_no_parcel_is_refused(data: dict[str, object]) -> None:
    """It is other people's data until it is checked."""
    with pytest.raises((ValueError, TypeError, KeyError)):
        unpacked_result(data)


def test_the_word_of_the_run_stands_over_the_configuration_of_a_machine() -> None:
    """Branches and the settings of the form are the run's, the rest is the machine's own."""
    run = Overrides(attempts=7, model="other", max_cost=1).over(RunConfig(integration_branch="done"))
    machine = RunConfig(remote="ssh://here", max_parallel=9)
    agreed = Terms.model_validate_json(Terms.of(run).model_dump_json()).over(machine)
    assert agreed == run.model_copy(update={"remote": "ssh://here"})
    ladder = RunConfig(agent=AgentConfig(ladder=(Rung(model="strong", from_attempt=2),)))
    assert Terms.of(ladder).over(ladder) == ladder


def outcome_in(state: State[Outcome]) -> Outcome:
    assert isinstance(state.data, Outcome)
    return state.data


def flow_run(state: State[None]) -> FlowRun:
    return FlowRun(id=uuid4(), flow_id=uuid4(), state=state)


@pytest.mark.parametrize(
    ("state", "ending"),
    [(Crashed(message="killed"), Ending.FAILED), (Cancelled(message="by hand"), Ending.GIVEN_BACK)],
)
def test_an_item_whose_flow_run_left_no_word_is_settled_by_its_run(
    state: State[None], ending: Ending
) -> None:
    """The outcome carries the row, so that the run writes it, and says why."""
    found = lost(ROW, flow_run(state))
    assert (found.name, found.is_failed()) == ("Unrecorded", True)
    assert (outcome_in(found).ending, outcome_in(found).row) == (ending, ROW)
    assert str(state.message) in outcome_in(found).notes


def test_what_such_an_item_wrote_itself_stands() -> None:
    """It died after its row was written: nothing is written over that, nor begun again."""
    found = lost(replace(ROW, status=ItemStatus.DONE, used=1200, notes="added"), flow_run(Crashed()))
    assert (found.name, outcome_in(found).usage.used, outcome_in(found).row) == ("Done", 1200, None)


def test_what_never_began_stops_the_run() -> None:
    """No worker of that machine could begin another item either."""
    with pytest.raises(RunStopped, match=r"MS-SEC-001 could not begin: .*no such file"):
        lost(replace(ROW, status=ItemStatus.NOT_STARTED), flow_run(Failed(message="no such file")))
