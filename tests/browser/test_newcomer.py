"""The newcomer's path of the README: from a clone to a schedule, and a failed item retried in the UI."""

import os
import re
import shlex
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tasks_lib.backlog import parse_backlog
from tasks_lib.backlog.model import Backlog
from tests.browser.ui import Ui, window

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


def commands() -> list[str]:
    """Return the lines that a newcomer types, as the README has them."""
    section = (ROOT / "README.md").read_text().partition("## A schedule, and a failed item")[2]
    block = section.partition("```console\n")[2].partition("```")[0]
    return re.findall(r"^\$ (.+)$", block, re.MULTILINE)


@contextmanager
def typed(line: str, log: Path) -> Iterator[None]:
    """Run a command line that goes on until it is ended, in the checkout, without a server configured."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    with log.open("wb") as output:
        process = subprocess.Popen(shlex.split(line), cwd=ROOT, env=environment, stdout=output, stderr=output)
    try:
        while "retry-item" not in log.read_text():
            assert process.poll() is None, log.read_text()
            time.sleep(0.2)
        yield
    finally:
        process.terminate()
        process.wait(timeout=60)


def backlog(directory: Path) -> Backlog:
    command = ["git", "-C", str(directory / "first.git"), "show", "main:docs/tasks.md"]
    return parse_backlog(subprocess.run(command, capture_output=True, check=True).stdout)


def test_a_newcomer_schedules_a_backlog_and_retries_one_item(
    chromium: Browser, pictures: Path | None, tmp_path: Path
) -> None:
    """Every step of the README, typed and clicked as it stands there."""
    _clone, make, serve = commands()
    directory, log = tmp_path / "first", tmp_path / "log"
    subprocess.run([*shlex.split(make), f"FIRST={directory}"], cwd=ROOT, check=True)
    with typed(serve.replace(".first/", f"{directory}/"), log), window(chromium) as page:
        address = re.findall(r"http://127\.0\.0\.1:\d+", log.read_text())[0]
        ui = Ui(page, address, pictures)
        ui.open_deployment("run-backlog")
        expect(ui.page.get_by_text("At 10:00 PM").first).to_be_visible()
        ui.keep_picture("1-deployment")
        ui.quick_run()

        ui.open_run("docs/tasks.md on main")
        ui.expect_state("Deadlock")
        ui.keep_picture("2-deadlock")
        assert [item.status.value for item in backlog(directory)] == ["done", "failed", "not-started"]

        ui.open_tab("Task Runs")
        ui.page.get_by_role("link", name="HI-002", exact=True).click()
        ui.page.wait_for_url("**/task-run/**")
        ui.open_artifact("failure")
        expect(ui.page.get_by_text("TODO: say goodbye nicely").first).to_be_visible()
        ui.keep_picture("3-failure")

        ui.page.get_by_role("link", name="retry", exact=True).click()
        ui.page.wait_for_url("**/run?parameters=**")
        ui.page.get_by_role("textbox").nth(2).fill("Finish the sentence.")
        ui.keep_picture("4-retry")
        ui.send(ui.page.locator("form"))

        ui.open_run("HI-002")
        ui.expect_state("Retried")
        ui.keep_picture("5-retried")
    assert backlog(directory).finished
    assert backlog(directory)["HI-001"].used == 1_100
