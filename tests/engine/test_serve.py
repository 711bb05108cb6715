"""The deployment that ``tasks-md serve`` registers, on a real server, run by a real runner."""

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from tasks_lib.backlog.model import ItemStatus
from tasks_lib.vcs.lock.holder import parse_holder
from tests.engine.api import ask
from tests.engine.project import Project, waits

pytestmark = pytest.mark.slow


def _complete(deployment: dict[str, Any]) -> bool:
    """Tell whether schedule and limit are there: a deployment is registered in several steps."""
    return bool(deployment["schedules"] and deployment["global_concurrency_limit"])


def test_a_served_deployment_has_its_schedule_and_its_limit_and_stops_cleanly(
    prefect_api: str, project: Project, config_file: Path, tmp_path: Path
) -> None:
    """Cron with time zone, one run at a time; at SIGTERM the rows of the run at work are settled first."""
    project.record("ACP-002", waits("ACP-002", seconds=300))
    command = [sys.executable, "-m", "tasks_lib.cli", "serve", "--config", str(config_file)]
    with (tmp_path / "log").open("wb") as log:
        served = subprocess.Popen(
            [*command, "--cron", "0 3 1 1 *", "--timezone", "Europe/Berlin"], stdout=log, stderr=log
        )
    try:
        with httpx.Client(base_url=f"{prefect_api}/api", trust_env=False, timeout=180) as api:
            found: list[dict[str, Any]] = []
            while not (found and _complete(found[0])) and served.poll() is None:
                time.sleep(0.5)
                deployed = ask(api, "/deployments/filter", {"flows": {"name": {"any_": ["run-backlog"]}}})
                found = [each for each in deployed if each["parameters"]["config"] == str(config_file)]
            assert found, (tmp_path / "log").read_text()
            (deployment,) = found
            schedule = deployment["schedules"][0]["schedule"]
            assert (schedule["cron"], schedule["timezone"]) == ("0 3 1 1 *", "Europe/Berlin")
            assert deployment["global_concurrency_limit"]["limit"] == 1
            assert deployment["concurrency_options"]["collision_strategy"] == "CANCEL_NEW"

            start = {"state": {"type": "SCHEDULED"}}
            started = ask(api, f"/deployments/{deployment['id']}/create_flow_run", start)
            while "bash: sleep 300" not in (tmp_path / "log").read_text():
                assert served.poll() is None, (tmp_path / "log").read_text()
                time.sleep(0.2)
            holder = parse_holder(project.git("log", "-1", "--format=%B", "--glob=refs/tasks-md/lock/*"))
            served.terminate()
            assert served.wait(timeout=120) == 0, (tmp_path / "log").read_text()
            found = ask(api, "/flow_runs/filter", {"flow_runs": {"id": {"any_": [started["id"]]}}})
    finally:
        served.kill()
        served.wait()
    said = (tmp_path / "log").read_text()
    assert (found[0]["state"]["type"], found[0]["state"]["message"]) == (
        "CANCELLED",
        "Runner is shutting down.",
    )
    assert project.backlog()["ACP-002"].status is ItemStatus.NOT_STARTED, said
    assert "Session Summary" in said
    assert "never awaited" not in said
    assert not Path(f"/proc/{holder.pid}").exists()
