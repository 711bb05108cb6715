"""Runs of a served deployment: asked, cancelled, paused and killed, they go on where the tracking file is."""

import os
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.run_backlog import run_backlog
from tasks_lib.backlog.model import ItemStatus
from tasks_lib.config import load_config
from tasks_lib.vcs.lock.holder import parse_holder
from tests.engine.conftest import CONFIG, settings
from tests.engine.project import Project, make_project, waits, writes
from tests.engine.served import Served, serving

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("served")


@pytest.fixture(scope="module")
def own(directory: Path) -> Project:
    """The backlog that is served; most tests bring another one."""
    return make_project(directory)


@pytest.fixture(scope="module")
def served(prefect_api: str, directory: Path, own: Project) -> Iterator[Served]:
    """One runner for all tests."""
    file = directory / "tasks-md.toml"
    file.write_text(CONFIG.format(remote=own.remote, state=directory / "state", recordings=own.recordings))
    schedule = ("--cron", "0 3 1 1 *", "--timezone", "Europe/Berlin")
    with serving(prefect_api, file, *schedule) as runner:
        yield runner


def test_what_was_due_before_a_run_began_is_ended_as_overtaken(served: Served, own: Project) -> None:
    """As after an outage of the server: the first of the pile-up works, no other does it all again."""
    served.start().become("Finished")
    assert own.backlog().finished

    state = served.start_late().become("Overtaken")
    assert "began after this run was due" in state["message"]


def test_when_nobody_answers_the_default_decides_at_its_time(
    served: Served, config_file: Path, project: Project
) -> None:
    """The run that was scheduled for then takes over what the suspended one asked."""
    asking = served.start(settings(config_file, "[approval]\nphases = [1]"))
    asking.become("Suspended")
    (deadline,) = served.runs(tags={"all_": ["tasks-md-deadline"]})
    assert deadline["parameters"] == {"config": str(config_file)}

    project.edit("s/(asked 20[0-9]*/(asked 2020/")
    deciding = served.run(deadline["id"])
    deciding.set("SCHEDULED", "Scheduled", scheduled_time=str(datetime.now(UTC)))

    deciding.become("Deadlock")
    superseded = asking.become("Superseded")
    assert superseded["message"] == f"What it asked is asked, or was decided, by the flow run {deciding.id}"
    row = project.backlog()["ACP-001"]
    assert row.status is ItemStatus.FAILED
    assert row.notes.endswith("; nobody answered in 24 h")


def test_a_run_over_its_budget_goes_on_when_more_is_allowed_and_ends_when_it_is_not(
    served: Served, config_file: Path, project: Project
) -> None:
    """Nothing new starts; what is done stays done, and a no ends the run with that reason."""
    run = served.start(
        settings(config_file, "[budget]\nrun_used = 1\n[approval]\nbudget = true", max_parallel=1)
    )
    run.become("Suspended")
    assert [item.done for item in project.backlog()] == [True, False, False, False, False]
    assert set(run.form()["properties"]) == {"decision", "note"}

    run.resume(decision="approve")
    run.become("Running")
    run.become("Suspended")
    assert [item.done for item in project.backlog()] == [True, True, False, False, False]

    run.resume(decision="reject")
    assert "no more" in run.become("Budget")["message"]


def test_the_next_run_goes_on_where_a_killed_one_was(
    served: Served, config_file: Path, project: Project
) -> None:
    """Kill -9 of the flow's process: its run is Crashed at once, the next adopts its item."""
    project.record("ACP-002", waits("ACP-002", seconds=300))
    killed = served.start(config_file)
    at_work(project, "ACP-002")
    holder = parse_holder(project.git("log", "-1", "--format=%B", "--glob=refs/tasks-md/lock/*"))
    assert holder.run == killed.id

    os.kill(holder.pid, signal.SIGKILL)
    killed.become("Crashed")
    assert project.backlog()["ACP-002"].status is ItemStatus.IN_PROGRESS

    project.record("ACP-002", writes("ACP-002", "good"))
    served.start(config_file).become("Finished")
    assert project.backlog().finished
    assert killed.state["type"] == "CRASHED"


def at_work(project: Project, item: str) -> None:
    """Wait until an item's agent can be taken for being at work."""
    while project.backlog()[item].status is not ItemStatus.IN_PROGRESS:
        time.sleep(0.2)


@pytest.mark.usefixtures("prefect_api")
def test_a_run_without_a_deployment_ends_and_says_how_to_answer(asking: Path, project: Project) -> None:
    """It cannot be resumed: a next one is told the decision, and a no fails the item with its reason."""
    config = load_config(asking)

    state = run_backlog(config, return_state=True)

    assert (state.name, state.is_failed()) == ("WaitingForApproval", True)
    assert "ACP-002 waits for approval: diff: changes CI" in str(state.message)
    assert "tasks-md run --reject ID --note WHY" in str(state.message)

    state = run_backlog(config, reject=["ACP-002"], note="CI is ours", return_state=True)

    assert state.name == "Deadlock"
    row = project.backlog()["ACP-002"]
    assert row.status is ItemStatus.FAILED
    assert row.notes.endswith("; CI is ours")
    assert project.backlog()["ACP-005"].status is ItemStatus.NOT_STARTED
