"""Where items are done is a setting: everything else is as on the threads of the run."""

import sys
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from flows.run_backlog import run_backlog
from tasks_lib.config import EngineConfig, LockConfig, RunConfig
from tasks_lib.engine.engines import engine_of
from tasks_lib.errors import ConfigError
from tasks_lib.vcs import make_lock
from tests.engine.api import ask
from tests.engine.project import Project, writes

pytestmark = pytest.mark.slow


@pytest.fixture
def api(prefect_api: str) -> Iterator[httpx.Client]:
    """The server, asked as its UI asks it."""
    with httpx.Client(base_url=f"{prefect_api}/api", trust_env=False, timeout=180) as client:
        yield client


def edges(api: httpx.Client, flow_run: str, items: set[str]) -> dict[str, set[str]]:
    """Return the items that each item's task run waited for, by name."""
    runs: dict[str, Any] = {}
    while set(runs) < items:  # the server writes them down a moment later
        found = ask(api, "/task_runs/filter", {"flow_runs": {"id": {"any_": [flow_run]}}})
        runs = {each["name"]: each for each in found if each["name"] in items}
    names = {each["id"]: name for name, each in runs.items()}
    return {
        name: {names[one["id"]] for inputs in each["task_inputs"].values() for one in inputs}
        for name, each in runs.items()
    }


def test_items_on_a_dask_cluster_in_the_process(
    api: httpx.Client, config: RunConfig, project: Project
) -> None:
    """All are done, with the edges of their dependencies, an attempt that did not pass included."""
    project.record("ACP-002", writes("ACP-002", "bad"), writes("ACP-002", "good"))

    state = run_backlog(config.model_copy(update={"engine": EngineConfig(kind="dask")}), return_state=True)

    assert state.name == "Finished", state.message
    assert project.backlog().finished
    assert "ACP-002: attempt 1 of 2 did not pass" in project.subjects("main")
    flow_run = str(state.state_details.flow_run_id)
    drawn = edges(api, flow_run, {str(item.id) for item in project.backlog()})
    assert drawn == {str(item.id): set(item.depends_on) for item in project.backlog()}


def test_without_the_extra_the_error_says_what_to_install(
    config: RunConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing has begun by then."""
    monkeypatch.setitem(sys.modules, "prefect_dask.task_runners", None)
    asked = config.model_copy(update={"engine": EngineConfig(kind="dask")})
    engine = engine_of(asked, "run", make_lock(asked, "run"))
    with pytest.raises(ConfigError, match=r'pip install "prefect-tasks-md\[dask\]"'), engine:
        pass


def test_an_engine_with_other_processes_needs_a_lock_that_fences_them() -> None:
    """The lock of one machine could not keep them out when their run is dead."""
    elsewhere = EngineConfig(kind="dask", address="tcp://127.0.0.1:8786")
    with pytest.raises(ValueError, match='needs \\[lock\\] kind = "ref"'):
        RunConfig(engine=elsewhere, lock=LockConfig(kind="machine"))
    with pytest.raises(ValueError, match="address is for"):
        EngineConfig(address="tcp://127.0.0.1:8786")
