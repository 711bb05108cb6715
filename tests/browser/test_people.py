"""People in the loop: the form of an approval, Cancel and Pause, on the page of the run."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tasks_lib.backlog.model import ItemStatus
from tasks_lib.config import RunConfig
from tests.browser.site import Site, wait_until
from tests.browser.ui import Ui
from tests.engine.api import ask
from tests.engine.conftest import CONFIG, settings
from tests.engine.project import TURN, Project, make_project, waits, writes
from tests.engine.served import FlowRun, Served

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def served(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One runner for all tests: each run brings a backlog of its own."""
    directory = tmp_path_factory.mktemp("served")
    project, file = make_project(directory), directory / "tasks-md.toml"
    file.write_text(
        CONFIG.format(remote=project.remote, state=directory / "state", recordings=project.recordings)
    )
    with site.serving(file) as served:
        yield served


def open_page(ui: Ui, run: FlowRun) -> None:
    ui.open(f"runs/flow-run/{run.id}")


def test_a_flagged_diff_and_a_phase_are_asked_for_and_done_when_approved(
    ui: Ui, served: Served, asking: Path, project: Project
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
    assert len(served.runs(tags={"all_": ["tasks-md-deadline"]})) == 1, "the clock decides at its time"

    open_page(ui, run)
    form = ui.choose("Resume")
    form.get_by_role("button", name="Select Decision").click()
    ui.page.get_by_role("option", name="approve").click()
    form.get_by_role("textbox").fill("Reviewed with Ada.")
    ui.keep_picture("6-approval")
    ui.send(form, "^Resume$")
    run.become("Running")
    run.become("Suspended")

    row = project.backlog()["ACP-002"]
    assert row.done
    assert project.git("log", "--format=%P", "--grep=Item: ACP-002", "integration").split()[1] == kept
    assert "Reviewed with Ada." in project.git("log", "-p", "main")
    assert project.backlog()["ACP-005"].notes.startswith("Waits for approval: phase 2: ")
    run.resume(decision="approve", item_ids=["ACP-005"])

    run.become("Finished")
    assert project.backlog().finished
    assert served.runs(tags={"all_": ["tasks-md-deadline"]}) == []
    assert project.git("for-each-ref", "refs/heads/tasks-md/waiting") == ""
    pages = ask(run.api, "/artifacts/filter", {"flow_runs": {"id": {"any_": [run.id]}}})
    (board,) = [each["data"] for each in pages if each["key"] == "app-status"]
    assert board.startswith("# 5 of 5 items done"), "three processes of one run wrote the same artifact"


def test_cancelling_settles_the_rows_and_ends_the_agents_at_once(
    ui: Ui, served: Served, config_file: Path, project: Project
) -> None:
    """The row is given back and the run ends as Cancelled, not as Failed or Crashed."""
    project.record("ACP-002", waits("ACP-002", seconds=300))
    run = served.start(config_file)
    wait_until(lambda: project.backlog()["ACP-002"].status is ItemStatus.IN_PROGRESS)

    open_page(ui, run)
    ui.send(ui.choose("Cancel"), "^Cancel Flow Run$")
    ui.expect_state("Cancelled")
    ui.keep_picture("7-cancelled")

    row = project.backlog()["ACP-002"]
    assert (row.status, row.started_at) == (ItemStatus.NOT_STARTED, None)


def test_pausing_lets_the_items_at_work_finish_and_starts_nothing_new(
    ui: Ui, served: Served, config: RunConfig, config_file: Path, project: Project
) -> None:
    """No row is left in progress; resumed, the run does the rest."""
    until = "until [ -e .git/go-on ]; do sleep 0.2; done"
    project.record("ACP-002", TURN.format(text="I wait.", command=until) + writes("ACP-002", "good"))
    run = served.start(settings(config_file, "", max_parallel=1))
    # An attempt that has not begun is not begun any more.
    wait_until(lambda: "bash: until" in run.log.read_text())

    open_page(ui, run)
    ui.send(ui.choose("Pause"), "^Pause Flow Run$")
    ui.expect_state("Suspended")
    (workspace,) = config.state_dir.glob("workspaces/ACP-002-*")
    (workspace / ".git" / "go-on").touch()
    wait_until(lambda: f"Execution of flow run '{run.id}' is paused" in run.log.read_text())
    assert run.state["name"] == "Suspended"
    assert project.backlog()["ACP-002"].done, run.log.read_text()
    assert [item.status.value for item in project.backlog()][2:] == ["not-started"] * 3

    ui.send(ui.choose("Resume"), "^Resume$")
    ui.expect_state("Finished")
