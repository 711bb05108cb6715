"""The deployment that ``tasks-md serve`` registers, on a real server, run by a real runner."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.engine.api import ask
from tests.engine.project import Project

pytestmark = pytest.mark.slow


def _complete(deployment: dict[str, Any]) -> bool:
    """Tell whether schedule and limit are there: a deployment is registered in several steps."""
    return bool(deployment["schedules"] and deployment["global_concurrency_limit"])


def test_a_served_deployment_has_its_schedule_and_its_limit_and_runs(
    prefect_api: str, project: Project, config_file: Path, tmp_path: Path
) -> None:
    """Cron with time zone, one run at a time; started through the API as from the UI, it does the backlog."""
    command = [sys.executable, "-m", "tasks_lib.cli", "serve", "--config", str(config_file)]
    with (tmp_path / "log").open("wb") as log:
        served = subprocess.Popen(
            [*command, "--cron", "0 3 1 1 *", "--timezone", "Europe/Berlin"], stdout=log, stderr=log
        )
    try:
        with httpx.Client(base_url=f"{prefect_api}/api", trust_env=False, timeout=30) as api:
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

            started = ask(
                api, f"/deployments/{deployment['id']}/create_flow_run", {"state": {"type": "SCHEDULED"}}
            )
            state = started["state"]
            while (
                state["type"] not in {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"} and served.poll() is None
            ):
                time.sleep(0.5)
                found = ask(api, "/flow_runs/filter", {"flow_runs": {"id": {"any_": [started["id"]]}}})
                state = found[0]["state"]
    finally:
        served.terminate()  # a shell may have started the tests with Ctrl-C ignored
        served.wait(timeout=60)
    assert (state["type"], state["name"]) == ("COMPLETED", "Finished"), (tmp_path / "log").read_text()
    assert project.backlog().finished
    assert os.environ["PREFECT_API_URL"].startswith(prefect_api)
