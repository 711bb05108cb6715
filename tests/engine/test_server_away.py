"""A Prefect server that goes away in the middle of a run: the work goes on, the tracking file is right."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.engine.api import ask
from tests.engine.project import Project
from tests.engine.proxy import Proxy

pytestmark = pytest.mark.slow

LOST, BACK = "Pages cannot be written now", "Pages are written again"


@dataclass(frozen=True)
class Run:
    """A run that a person has started, and what it says."""

    process: "subprocess.Popen[bytes]"
    log: Path

    @property
    def said(self) -> str:
        return self.log.read_text()

    def wait_until(self, happened: Callable[[], bool]) -> None:
        """Wait for something that happens while it is at work."""
        while not happened():
            assert self.process.poll() is None, self.said
            time.sleep(0.1)


def start(config_file: Path, api: str, log: Path) -> Run:
    direct = {"PREFECT_API_URL": f"{api}/api", "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
    command = [sys.executable, "-m", "tasks_lib.cli", "run", "--config", str(config_file)]
    with log.open("wb") as output:
        return Run(subprocess.Popen(command, env=os.environ | direct, stdout=output, stderr=output), log)


def test_a_server_that_is_away_for_a_while_holds_nothing_up(
    config_file: Path, project: Project, prefect_api: str, tmp_path: Path
) -> None:
    """Items are done while it is away; when it is back the pages show all that happened meanwhile."""
    with Proxy(prefect_api) as proxy:
        run = start(config_file, proxy.address, tmp_path / "log")
        run.wait_until(lambda: bool(project.backlog()["ACP-003"].started_at))
        proxy.cut()
        run.wait_until(lambda: project.backlog()["ACP-004"].done and LOST in run.said)
        proxy.restore()
        status = run.process.wait(timeout=400)

    assert status == 0, run.said
    assert project.backlog().finished
    assert (run.said.count(LOST), run.said.count(BACK)) == (1, 1), run.said
    with httpx.Client(base_url=f"{prefect_api}/api", trust_env=False, timeout=180) as api:
        newest = {"artifacts": {"key": {"any_": ["app-status"]}}, "limit": 1}
        page = ask(api, "/artifacts/latest/filter", newest)[0]["data"]
    assert page.startswith("# 5 of 5 items done")
