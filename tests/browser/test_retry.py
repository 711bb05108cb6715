"""Trying one failed item once more, in each of the ways that a person finds in the Prefect UI."""

from pathlib import Path

import pytest

from tasks_lib.backlog.model import ItemStatus
from tests.browser.site import Site, wait_until
from tests.browser.ui import Ui
from tests.engine.project import TURN, Project, report, writes

pytestmark = pytest.mark.slow


def beginnings(project: Project) -> list[str]:
    """Return the items in the order in which they were begun."""
    return [line.split(":")[0] for line in project.subjects("main") if ": in-progress" in line]


def start_run(ui: Ui, site: Site) -> None:
    """Start the backlog from its deployment's page, and go to the page of the run."""
    before = len(site.flow_runs("run-backlog"))
    ui.open_deployment("run-backlog")
    ui.quick_run()
    wait_until(lambda: len(site.flow_runs("run-backlog")) > before)
    ui.open(f"runs/flow-run/{site.flow_runs('run-backlog')[0]['id']}")


def open_newest_retry(ui: Ui, site: Site) -> None:
    """Go to the page of the newest run of ``retry-item``."""
    ui.open(f"runs/flow-run/{site.flow_runs('retry-item')[0]['id']}")


def test_the_retry_button_of_a_failed_run(ui: Ui, site: Site, project: Project, config_file: Path) -> None:
    """The run goes on from the tracking file: the failed item and what waited for it, nothing twice."""
    project.record("ACP-001", writes("ACP-001", "bad"))
    with site.serving(config_file):
        start_run(ui, site)
        ui.expect_state("Deadlock")
        before = beginnings(project)
        project.record("ACP-001", writes("ACP-001", "good"))

        ui.send(ui.choose("Retry"), "^Retry$")
        ui.expect_state("Finished")

    assert project.backlog().finished
    assert beginnings(project)[len(before) :] == ["ACP-001", "ACP-003", "ACP-005"]
    assert sorted(before) == ["ACP-001", "ACP-002", "ACP-004"]


def test_the_form_of_failed_items_after_the_server_was_restarted(
    ui: Ui, site: Site, project: Project, config_file: Path
) -> None:
    """It offers what has failed by now and takes a note; only that item and what waits for it are done."""
    project.record("ACP-004", report("ACP-004", "blocked", "the address is missing"))
    with site.serving(config_file):
        start_run(ui, site)
        ui.expect_state("Deadlock")
        before = beginnings(project)
        project.record("ACP-004", writes("ACP-004", "good"))
        site.restart()

        ui.open_deployment("retry-item")
        form = ui.open_form()
        form.get_by_role("button", name="Select").click()
        ui.page.get_by_role("option", name="ACP-004").click()
        form.get_by_role("textbox").nth(1).fill("It is in the file.")
        ui.send(form)
        wait_until(lambda: site.flow_runs("retry-item"))
        open_newest_retry(ui, site)
        ui.expect_state("Retried")

    assert project.backlog()["ACP-004"].done
    assert beginnings(project)[len(before) :] == ["ACP-004", "ACP-005"]


def test_the_failed_items_own_page_while_the_run_goes_on(
    ui: Ui, site: Site, project: Project, config_file: Path
) -> None:
    """A link on it opens the form filled in; the run at work takes the item and does what waits for it."""
    blocked = report("ACP-001", "blocked", "the address is missing")
    project.record("ACP-001", blocked, writes("ACP-001", "good"))
    project.record("ACP-002", TURN.format(text="Still at it.", command="sleep 3") * 70)
    with site.serving(config_file):
        start_run(ui, site)
        wait_until(lambda: project.backlog()["ACP-001"].status is ItemStatus.BLOCKED)

        ui.open_tab("Task Runs")
        ui.page.get_by_role("link", name="ACP-001", exact=True).click()
        ui.page.wait_for_url("**/task-run/**")
        ui.open_artifact("failure")
        ui.page.get_by_role("link", name="retry", exact=True).click()
        ui.page.wait_for_url("**/run?parameters=**")
        ui.send(ui.page.locator("form"))
        wait_until(lambda: project.backlog()["ACP-003"].done)
        open_newest_retry(ui, site)
        ui.expect_state("HandedOver")
        project.edit("/^| ACP-002 /d")  # ends its agent, and so the run
        ui.open(f"runs/flow-run/{site.flow_runs('run-backlog')[0]['id']}")
        ui.expect_state("Finished")

    assert all(item.done for item in project.backlog())
    assert beginnings(project).count("ACP-001") == 2
    assert {beginnings(project).count(item) for item in ("ACP-003", "ACP-004", "ACP-005")} == {1}
