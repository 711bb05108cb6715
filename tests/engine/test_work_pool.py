"""Items by a real worker of a work pool: flow runs of their own, under the lock of their run."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest

from deployments.deploy import deploy_backlog
from flows.run_backlog import run_backlog
from tasks_lib.backlog.model import ItemStatus
from tasks_lib.bootstrap import toolbox
from tasks_lib.config import RunConfig, load_config
from tasks_lib.errors import ConfigError
from tasks_lib.vcs.lock.holder import parse_holder
from tests.engine.api import ask
from tests.engine.project import Project, waits, writes
from tests.engine.served import FINAL

pytestmark = pytest.mark.slow

POOL = """
[engine]
kind = "work-pool"
pool = "items"

[deployments]
name = "pooled"
"""


@pytest.fixture(scope="module")
def worker(prefect_api: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A process worker of the pool; the path of what it says."""
    assert prefect_api
    log = tmp_path_factory.mktemp("worker") / "log"
    command = [sys.executable, "-m", "prefect", "worker", "start", "--pool", "items", "--type", "process"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdout=output,
            stderr=output,
            cwd=log.parent,
            env={**os.environ, "PREFECT_WORKER_QUERY_SECONDS": "1"},
        )
    yield log
    process.terminate()
    process.wait(timeout=60)


@pytest.fixture
def pooled(config_file: Path, project: Project) -> RunConfig:
    """Two items are left, and the pool that does them is deployed."""
    project.edit("/^| ACP-00[345]/s/ not-started / done        /")
    config_file.write_text(config_file.read_text() + POOL)
    config = load_config(config_file)
    deploy_backlog(config, config_file, lambda _: None)
    return config


def test_items_are_done_by_a_worker_and_given_back_when_the_run_ends_early(
    worker: Path, pooled: RunConfig, project: Project, prefect_api: str
) -> None:
    """Each has a flow run below its task: one comes back whole, with two attempts, the other is cancelled."""
    project.record("ACP-001", writes("ACP-001", "bad"), writes("ACP-001", "good"))
    project.record("ACP-002", waits("ACP-002", seconds=300))
    Thread(target=end_early, args=(pooled, project, prefect_api), daemon=True).start()

    state = run_backlog(pooled, return_state=True)

    assert state.name == "Stopped", f"{state.message}\n{worker.read_text()}"
    first, second = (project.backlog()[f"ACP-00{number}"] for number in (1, 2))
    assert (first.done, first.notes) == (True, "added")
    assert (second.status, second.started_at) == (ItemStatus.NOT_STARTED, None)
    assert "the run " in second.notes
    assert "ACP-001: attempt 1 of 2 did not pass" in project.subjects("main")
    flow_run = str(state.state_details.flow_run_id)
    assert set(project.git("log", "--format=%(trailers:key=Run,valueonly)", "main").split()) == {flow_run}
    with connected(prefect_api) as api:
        children = items(api)
        tasks = ended(api, flow_run, {"ACP-001", "ACP-002"})
    assert {each["name"]: each["state"]["name"] for each in children} == {
        "ACP-001": "Done",
        "ACP-002": "Cancelled",
    }
    assert all(each["parent_task_run_id"] for each in children)
    assert " tokens, 2 attempt(s), commit " in tasks["ACP-001"]
    assert tasks["ACP-002"] in second.notes


def end_early(config: RunConfig, project: Project, prefect_api: str) -> None:
    """End the run as Ctrl-C does, when one item is done and the other one at work."""
    with connected(prefect_api) as api:
        while "Done" not in {each["state"]["name"] for each in items(api)} or not at_work(project):
            time.sleep(0.5)
    lock = project.git("log", "-1", "--format=%B", "--glob=refs/tasks-md/lock/*")
    toolbox(config, parse_holder(lock).run).leash.stop.set()


def connected(prefect_api: str) -> httpx.Client:
    """Return a connection with patience: SQLite may hold the server up for a minute on a busy machine."""
    idle = httpx.Limits(max_keepalive_connections=0)
    return httpx.Client(base_url=f"{prefect_api}/api", trust_env=False, timeout=180, limits=idle)


def items(api: httpx.Client) -> list[dict[str, Any]]:
    """Return the flow runs of items."""
    found: list[dict[str, Any]] = ask(api, "/flow_runs/filter", {"flows": {"name": {"any_": ["do-item"]}}})
    return found


def ended(api: httpx.Client, flow_run: str, names: set[str]) -> dict[str, str]:
    """Return what the run's tasks of these names said at last; the server knows it a moment later."""
    found: dict[str, str] = {}
    while set(found) < names:
        runs = ask(api, "/task_runs/filter", {"flow_runs": {"id": {"any_": [flow_run]}}})
        final = [each for each in runs if each["name"] in names and each["state"]["type"] in FINAL]
        found = {each["name"]: each["state"]["message"] for each in final}
    return found


def at_work(project: Project) -> bool:
    """Tell whether the slow item has begun."""
    return project.backlog()["ACP-002"].status is ItemStatus.IN_PROGRESS


def test_without_a_deployment_a_run_says_how_to_make_it(config: RunConfig, prefect_api: str) -> None:
    """Before it begins anything."""
    assert prefect_api
    engine = config.engine.model_copy(update={"kind": "work-pool"})
    with pytest.raises(ConfigError, match=r"no deployment do-item/app.*`tasks-md deploy`"):
        run_backlog(config.model_copy(update={"engine": engine}))
