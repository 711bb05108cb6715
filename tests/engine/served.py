"""A deployment served by a real runner, and runs of it that are started and answered as from the UI."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from tasks_lib.config import load_config
from tests.engine.api import ask

_AT_ONCE = {"PREFECT_RUNNER_POLL_FREQUENCY": "1"}
FINAL = frozenset({"COMPLETED", "FAILED", "CRASHED", "CANCELLED"})


@dataclass(frozen=True)
class FlowRun:
    """A run of the deployment, seen through the API."""

    api: httpx.Client
    id: str
    log: Path

    @property
    def state(self) -> dict[str, Any]:
        found: list[dict[str, Any]] = ask(
            self.api, "/flow_runs/filter", {"flow_runs": {"id": {"any_": [self.id]}}}
        )
        state: dict[str, Any] = found[0]["state"]
        return state

    def become(self, *names: str) -> dict[str, Any]:
        """Wait until the run is in a state of one of these names, or has ended in another one."""
        while (state := self.state)["name"] not in names:
            assert state["type"] not in FINAL, f"{state['name']}: {state['message']}\n{self.log.read_text()}"
            time.sleep(0.3)
        return state

    def form(self) -> dict[str, Any]:
        """Return the schema of the form that the UI shows when the run is to be resumed."""
        key = self.state["state_details"]["run_input_keyset"]["schema"]
        while (
            answer := self.api.get(f"/flow_runs/{self.id}/input/{key}")
        ).status_code == httpx.codes.NOT_FOUND:
            time.sleep(0.1)
        schema: dict[str, Any] = answer.raise_for_status().json()
        return schema

    def resume(self, **answer: object) -> dict[str, Any]:
        """Resume it with an answer, as the form does."""
        given: dict[str, Any] = ask(self.api, f"/flow_runs/{self.id}/resume", {"run_input": answer})
        return given

    def set(self, kind: str, name: str, **details: object) -> None:
        """Set its state by force, as the buttons Cancel and Pause do."""
        state = {"type": kind, "name": name, "state_details": details}
        ask(self.api, f"/flow_runs/{self.id}/set_state", {"state": state, "force": True})


@dataclass(frozen=True)
class Served:
    """The deployment of ``run-backlog``; each run brings a configuration file of its own."""

    api: httpx.Client
    deployment: str
    log: Path

    def start(self, config_file: Path | None = None) -> FlowRun:
        """Start a run of a backlog of its own, or of the one that is served."""
        parameters = {"config": str(config_file)} if config_file else {}
        body = {"state": {"type": "SCHEDULED"}, "parameters": parameters}
        return self.run(ask(self.api, f"/deployments/{self.deployment}/create_flow_run", body)["id"])

    def start_late(self) -> FlowRun:
        """Start the last run that the schedule would have made by now, as after an outage of the server."""
        now = datetime.now(UTC)
        body = {"start_time": str(now - timedelta(days=366)), "end_time": str(now)}
        ask(self.api, f"/deployments/{self.deployment}/schedule", body)
        due = {"expected_start_time": {"before_": str(now)}, "tags": {"all_": ["auto-scheduled"]}}
        (run,) = self.runs(**due)
        return self.run(run["id"])

    def run(self, run_id: str) -> FlowRun:
        return FlowRun(self.api, run_id, self.log)

    def runs(self, **filters: object) -> list[dict[str, Any]]:
        """Return the runs of the deployment that match."""
        found: list[dict[str, Any]] = ask(
            self.api,
            "/flow_runs/filter",
            {"flow_runs": {"deployment_id": {"any_": [self.deployment]}, **filters}},
        )
        return found


@contextmanager
def serving(prefect_api: str, config_file: Path, *options: str) -> Iterator[Served]:
    """Serve the deployments of a configuration with ``tasks-md serve`` until the end of the block."""
    log, name = config_file.with_suffix(".log"), load_config(config_file).backlog_name
    command = [sys.executable, "-m", "tasks_lib.cli", "serve", "--config", str(config_file), *options]
    with log.open("wb") as output:
        process = subprocess.Popen(command, env=os.environ | _AT_ONCE, stdout=output, stderr=output)
    try:
        while "serving run-backlog/" not in log.read_text():
            assert process.poll() is None, log.read_text()
            time.sleep(0.2)
        # The server closes an idle connection after a while, and that may be just when it is used again.
        idle = httpx.Limits(max_keepalive_connections=0)
        with httpx.Client(base_url=f"{prefect_api}/api", trust_env=False, timeout=180, limits=idle) as api:
            deployment = api.get(f"/deployments/name/run-backlog/{name}").raise_for_status().json()["id"]
            yield Served(api, deployment, log)
    finally:
        process.terminate()
        process.wait(timeout=60)
