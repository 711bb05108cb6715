"""Runs of a served deployment: asked, cancelled, paused and killed, they go on where the tracking file is."""

import os
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flows.run_backlog import run_backlog
from tasks_lib.backlog.model import ItemStatus
from tasks_lib.config import load_config
from tasks_lib.vcs.lock.holder import parse_holder
from tests.engine.api import ask
from tests.engine.conftest import CONFIG
from tests.engine.project import TURN, Project, make_project, report, waits, writes
from tests.engine.served import Served, serving

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def served(prefect_api: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One runner for all tests: each run brings its own configuration."""
    directory = tmp_path_factory.mktemp("served")
    project, file = make_project(directory), directory / "tasks-md.toml"
    file.write_text(
        CONFIG.format(remote=project.remote, state=directory / "state", recordings=project.recordings)
    )
    with serving(prefect_api, file, directory / "log") as runner:
        yield runner


def changes_ci(item: str) -> str:
    """Return an attempt whose diff is flagged."""
    command = (
        "mkdir -p .github/workflows && echo 'on: push' > .github/workflows/ci.yml && "
        f"git add -A && git commit -qm 'ci({item}): build' && git rev-parse HEAD"
    )
    return TURN.format(text="I build it.", command=command) + report(item, "success", "built")


def settings(file: Path, sections: str, *, max_parallel: int = 2) -> Path:
    """Add sections to a configuration file."""
    text = file.read_text().replace("max_parallel = 2", f"max_parallel = {max_parallel}")
    file.write_text(f"{text}\n{sections}\n")
    return file


@pytest.fixture
def asking(config_file: Path, project: Project) -> Path:
    """The second item changes CI, which people want to see, and the second phase needs their word."""
    project.record("ACP-002", changes_ci("ACP-002"))
    return settings(config_file, '[approval]\nphases = [2]\ndiffs = ["changes CI"]')


def test_a_flagged_diff_and_a_phase_are_asked_for_and_done_when_approved(
    served: Served, asking: Path, project: Project
) -> None:
    """Other items go on; nothing is held meanwhile; the approved commit is published without an agent."""
    run = served.start(asking)
    run.become("Suspended")

    backlog = project.backlog()
    assert [backlog[f"ACP-00{number}"].done for number in (1, 3, 4)] == [True, True, True]
    row = backlog["ACP-002"]
    assert row.status is ItemStatus.BLOCKED
    assert row.notes.startswith("Waits for approval: diff ")
    (kept,) = project.git("for-each-ref", "--format=%(objectname)", "refs/heads/tasks-md/waiting").split()
    assert ".github" not in project.git("ls-tree", "-r", "--name-only", "integration")
    form = run.form()
    assert form["properties"]["items"]["items"]["const"] == "ACP-002", form
    assert form["properties"]["items"]["default"] == ["ACP-002"]
    assert len(served.runs(tags={"all_": ["tasks-md-deadline"]})) == 1, "the clock decides at its time"

    run.resume(decision="approve", items=["ACP-002"], note="fine")
    run.become("Running")
    run.become("Suspended")

    assert project.backlog()["ACP-002"].done
    assert project.git("log", "--format=%P", "--grep=Item: ACP-002", "integration").split()[1] == kept
    assert project.backlog()["ACP-005"].notes.startswith("Waits for approval: phase 2: ")
    run.resume(decision="approve", items=["ACP-005"])

    run.become("Finished")
    assert project.backlog().finished
    assert served.runs(tags={"all_": ["tasks-md-deadline"]}) == []
    assert project.git("for-each-ref", "refs/heads/tasks-md/waiting") == ""


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


def test_cancelling_settles_the_rows_and_ends_the_agents_at_once(
    served: Served, config_file: Path, project: Project
) -> None:
    """The button Cancel: the row is given back and the run ends as Cancelled, not as Failed or Crashed."""
    project.record("ACP-002", waits("ACP-002", seconds=300))
    run = served.start(config_file)
    at_work(project, "ACP-002")

    run.set("CANCELLING", "Cancelling")
    state = run.become("Cancelled")

    assert "the run was ended" in state["message"], state
    row = project.backlog()["ACP-002"]
    assert (row.status, row.started_at) == (ItemStatus.NOT_STARTED, None)


def test_pausing_lets_the_items_at_work_finish_and_starts_nothing_new(
    served: Served, config_file: Path, project: Project
) -> None:
    """The button Pause: no row is left in progress; resumed, the run does the rest."""
    project.record("ACP-002", waits("ACP-002", seconds=25))
    run = served.start(settings(config_file, "", max_parallel=1))
    while "bash: sleep 25" not in run.log.read_text():
        time.sleep(0.2)  # an attempt that has not begun is not begun any more

    timeout = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    run.set("PAUSED", "Suspended", pause_timeout=timeout, pause_reschedule=True)
    while f"Execution of flow run '{run.id}' is paused" not in run.log.read_text():
        time.sleep(0.5)

    assert run.state["name"] == "Suspended"
    assert project.backlog()["ACP-002"].done, run.log.read_text()
    assert [item.status.value for item in project.backlog()][2:] == ["not-started"] * 3

    ask(run.api, f"/flow_runs/{run.id}/resume", {})
    run.become("Finished")


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
