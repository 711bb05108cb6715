"""Two orchestrators on one tracking file: the second ends at once, and who loses the lock ends too."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tasks_lib.backlog.model import ItemStatus
from tasks_lib.cli.run import run_flow
from tasks_lib.config import LockConfig, RunConfig
from tasks_lib.vcs import make_lock, unlock
from tests.engine.project import Project, waits, writes

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("prefect_api")]


def run(config: RunConfig, **named: Any) -> Any:  # noqa: ANN401 - a Prefect state
    from flows.run_backlog import run_backlog

    return run_backlog(config, **named, return_state=True)


def elsewhere(config: RunConfig, tmp_path: Path) -> RunConfig:
    """Return the configuration as another machine has it."""
    return config.model_copy(update={"state_dir": tmp_path / "elsewhere"})


@pytest.mark.parametrize("machine", ["here", "elsewhere"])
def test_a_second_orchestrator_ends_completed_and_says_who_is_at_work(
    config: RunConfig,
    project: Project,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    machine: str,
) -> None:
    """Nothing is written, the command prints who holds the lock since when, and its exit code is 0."""
    before = project.subjects("main")
    first = config if machine == "here" else elsewhere(config, tmp_path)

    with make_lock(first, "the-first-run").exclusive():
        state = run(config)
        status = run_flow(config)

    assert (state.name, state.is_completed()) == ("AlreadyRunning", True)
    assert "docs/tasks.md on main is being worked on" in state.message
    assert "run the-first-run (host " in state.message
    assert "since 20" in state.message
    assert (status, "run the-first-run (host " in capsys.readouterr().out) == (0, True)
    assert project.subjects("main") == before


def test_a_decision_that_comes_while_another_run_is_at_work_is_written_down(
    config: RunConfig, project: Project
) -> None:
    """As a person would write it, without the lock: the run at work finds it in the file."""
    question = "phase 2: before Second (asked 2026-11-22T12:00:00Z)"
    project.edit(f"/^| ACP-005 /{{s/not-started/blocked/;s/|  *|$/| Waits for approval: {question} |/}}")

    with make_lock(config, "the-first-run").exclusive():
        state = run(config, approve=["ACP-005"], note="go on")

    row = project.backlog()["ACP-005"]
    assert (state.name, state.is_completed()) == ("AlreadyRunning", True)
    assert (row.status, row.notes) == (ItemStatus.NOT_STARTED, f"Approved: {question}; go on")


def test_a_run_that_loses_the_lock_ends_at_once_and_the_next_one_goes_on(
    config: RunConfig, project: Project, tmp_path: Path
) -> None:
    """Agents at work are ended, nothing more is written, and the item is begun again by the next run."""
    project.record("ACP-002", waits("ACP-002", seconds=600))
    config = config.model_copy(update={"lock": LockConfig(lease=3)})

    def take_away() -> None:
        unlock(elsewhere(config, tmp_path), force=True, say=lambda _: None)

    with meanwhile(take_away, when=lambda: is_at_work(project)):
        state = run(config)

    assert (state.name, state.is_failed()) == ("LockLost", True), state.message
    assert (
        "lost the lock of docs/tasks.md on main: it was released, last by run tasks-md unlock"
        in state.message
    )
    assert project.backlog()["ACP-002"].status is ItemStatus.IN_PROGRESS
    project.record("ACP-002", writes("ACP-002", "good"))
    assert run(config).name == "Finished"
    assert project.backlog().finished


def is_at_work(project: Project) -> bool:
    """Tell whether the slow item is in progress and the others of its phase are done."""
    backlog = project.backlog()
    others = all(backlog[f"ACP-00{number}"].done for number in (1, 3, 4))
    return others and backlog["ACP-002"].status is ItemStatus.IN_PROGRESS


@contextmanager
def meanwhile(action: Callable[[], None], when: Callable[[], bool]) -> Iterator[None]:
    """Do something in another thread as soon as it is time."""

    def watch() -> None:
        while not over.is_set():
            if when():
                action()
                return
            time.sleep(0.2)

    over = threading.Event()
    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
