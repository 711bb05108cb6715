"""``tasks-md deploy``, a real process worker, and a person who works through the API as the UI does."""

import json
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import httpx
import pytest

from tests.engine.api import ask
from tests.engine.project import Project, report, writes
from tests.engine.test_command import tasks_md

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
ENDED = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}
START = {"state": {"type": "SCHEDULED"}}


@pytest.fixture
def api(prefect_api: str) -> Iterator[httpx.Client]:
    """The server, asked as its UI asks it."""
    with httpx.Client(base_url=f"{prefect_api}/api", trust_env=False, timeout=180) as client:
        yield client


@pytest.fixture
def alerts(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleQueue[dict[str, str]]]:
    """What a chat would be sent: a local web server takes it, at an address that the environment names."""
    received: SimpleQueue[dict[str, str]] = SimpleQueue()

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

    with HTTPServer(("127.0.0.1", 0), Hook) as server:
        threading.Thread(target=server.serve_forever).start()
        monkeypatch.setenv("TASKS_MD_ALERT_WEBHOOK", f"http://127.0.0.1:{server.server_port}/secret-hook")
        yield received
        server.shutdown()


@pytest.fixture
def deployments(api: httpx.Client, config_file: Path, alerts: SimpleQueue[dict[str, str]]) -> dict[str, str]:
    """The ids of the deployments, by the names of their flows."""
    assert alerts.empty()
    deployed = tasks_md("deploy", "--config", str(config_file), "--cron", "0 22 * * 1-5", "--timezone", "UTC")
    assert deployed.returncode == 0, deployed.stderr
    assert "prefect worker start --pool tasks-md" in deployed.stdout
    names = ("run-backlog", "retry-item", "check-backlog")
    found = {name: api.get(f"/deployments/name/{name}/app").raise_for_status().json() for name in names}
    return {name: each["id"] for name, each in found.items()}


@pytest.fixture
def worker(deployments: dict[str, str], tmp_path: Path) -> Iterator[None]:
    """A process worker of the pool that deploying has made."""
    assert deployments
    command = [sys.executable, "-m", "prefect", "worker", "start", "--pool", "tasks-md", "--type", "process"]
    with (tmp_path / "worker.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=tmp_path)
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=60)


def choices(api: httpx.Client, deployment: str) -> list[str]:
    """Return what the form of ``retry-item`` offers."""
    schema = api.get(f"/deployments/{deployment}").raise_for_status().json()["parameter_openapi_schema"]
    offered: list[str] = schema["properties"]["item"]["enum"]
    return offered


def start(api: httpx.Client, deployment: str, **parameters: str) -> str:
    """Start a run from the deployment's form and return its id."""
    body = START | {"parameters": parameters}
    started: str = ask(api, f"/deployments/{deployment}/create_flow_run", body)["id"]
    return started


def ending(api: httpx.Client, run: str) -> dict[str, Any]:
    """Wait until a flow run has ended and return its state."""
    while True:
        state: dict[str, Any] = api.get(f"/flow_runs/{run}").raise_for_status().json()["state"]
        if state["type"] in ENDED:
            return state
        time.sleep(0.5)


@pytest.mark.usefixtures("worker")
def test_a_person_is_told_and_retries_one_item_then_the_whole_run(
    api: httpx.Client,
    project: Project,
    deployments: dict[str, str],
    alerts: SimpleQueue[dict[str, str]],
) -> None:
    """The form offers what failed and nothing else; the button of the run then tries what is left."""
    project.record("ACP-002", report("ACP-002", "blocked", "the name is missing"))
    project.record("ACP-004", report("ACP-004", "blocked", "the address is missing"))
    run = start(api, deployments["run-backlog"])
    assert ending(api, run)["name"] == "Deadlock"
    told = texts(alerts, {"app: deadlock", "app: item blocked"})
    assert "ACP-004 is blocked (after 1 attempt: the agent reports blocked" in told["app: deadlock"]
    assert f"/runs/flow-run/{run}" in told["app: deadlock"]
    assert ": the agent reports blocked: the " in told["app: item blocked"]

    form = deployments["retry-item"]
    assert choices(api, form) == ["ACP-002", "ACP-004"]
    other = START | {"parameters": {"item": "ACP-001"}}
    assert api.post(f"/deployments/{form}/create_flow_run", json=other).status_code == 409
    project.record("ACP-004", writes("ACP-004", "good"))
    retried = ending(api, start(api, form, item="ACP-004", note="it is in the file"))
    assert (retried["name"], retried["type"]) == ("Retried", "COMPLETED"), retried["message"]
    assert choices(api, form) == ["ACP-002"]

    project.record("ACP-002", writes("ACP-002", "good"))
    button = {"state": {"type": "SCHEDULED", "name": "AwaitingRetry"}, "force": True}
    assert ask(api, f"/flow_runs/{run}/set_state", button)["status"] == "ACCEPT"
    assert ending(api, run)["name"] == "Finished"
    begun = [line.split(":")[0] for line in project.subjects("main") if ": in-progress" in line]
    assert sorted(begun) == [f"ACP-00{number}" for number in (1, 2, 2, 3, 4, 4, 5)]
    assert choices(api, form) == ["nothing has failed"]
    checked = ending(api, start(api, deployments["check-backlog"]))
    assert checked["name"] == "Clean", checked["message"]


def texts(alerts: SimpleQueue[dict[str, str]], titles: set[str]) -> dict[str, str]:
    """Wait until alerts of all these titles have come, and return their texts."""
    told: dict[str, str] = {}
    while not told.keys() >= titles:
        alert = alerts.get(timeout=120)
        told[alert["title"]] = alert["text"]
    return told


def test_deploying_again_changes_only_what_the_configuration_says(
    api: httpx.Client,
    deployments: dict[str, str],
    config_file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No schedule, no alerts where nobody is to be told; ``prefect.yaml`` makes the same deployments."""
    due = {
        "deployments": {"name": {"any_": ["app"]}},
        "flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}},
    }
    while not ask(api, "/flow_runs/filter", due):  # cron makes runs
        time.sleep(0.5)
    assert len(automations(api)) == 7
    monkeypatch.delenv("TASKS_MD_ALERT_WEBHOOK")

    again = tasks_md("deploy", "--config", str(config_file))

    assert "nobody is told: see [alerts]" in again.stdout, again.stderr
    found = api.get("/deployments/name/run-backlog/app").raise_for_status().json()
    assert found["id"] == deployments["run-backlog"]
    assert (found["schedules"], found["concurrency_options"]["collision_strategy"]) == ([], "CANCEL_NEW")
    assert found["job_variables"]["env"] == {"PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30"}
    (zombies,) = automations(api)
    trigger = zombies["trigger"]
    assert (trigger["posture"], trigger["within"], trigger["after"]) == (
        "Proactive",
        90,
        ["prefect.flow-run.heartbeat"],
    )
    assert trigger["expect"] == ["prefect.flow-run.*"]
    assert f"prefect.deployment.{found['id']}" in trigger["match_related"]["prefect.resource.id"]
    assert zombies["actions"][0]["state"] == "CRASHED"
    same_from_file(api, deployments, tmp_path)


def same_from_file(api: httpx.Client, deployments: dict[str, str], tmp_path: Path) -> None:
    """Deploy the file and compare entry points, forms, limit and environment."""
    shutil.copy(ROOT / "deployments/prefect.yaml", tmp_path / "prefect.yaml")
    command = [sys.executable, "-m", "prefect", "--no-prompt", "deploy", "--all"]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr

    for flow, deployment in deployments.items():
        ours = api.get(f"/deployments/{deployment}").raise_for_status().json()
        filed = api.get(f"/deployments/name/{flow}/backlog").raise_for_status().json()
        for key in ("entrypoint", "job_variables", "concurrency_options", "work_pool_name"):
            assert filed[key] == ours[key], (flow, key)
        assert filed["parameter_openapi_schema"].keys() == ours["parameter_openapi_schema"].keys()
        assert filed["parameters"].keys() == ours["parameters"].keys() == {"config"}


def automations(api: httpx.Client) -> list[dict[str, Any]]:
    """Return the automations of this backlog."""
    found = ask(api, "/automations/filter", {})
    return [each for each in found if each["name"].startswith("tasks-md app: ")]


def test_deploying_needs_a_server(config_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where none is configured the message says how to get one."""
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path))

    ended = tasks_md("deploy", "--config", str(config_file))

    assert ended.returncode == 2
    assert "export PREFECT_API_URL=" in ended.stderr
