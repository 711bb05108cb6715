"""Ctrl-C and SIGTERM: agents end, rows are settled, and the next run goes on."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tasks_lib.backlog.model import ItemStatus
from tasks_lib.config import RunConfig
from tests.engine.project import Project, waits, writes

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("prefect_api")]

PROGRAM = """
import json, sys
from tasks_lib.cli.run import run_flow
from tasks_lib.config import RunConfig
sys.exit(run_flow(RunConfig.model_validate(json.loads(sys.argv[1]))))
"""


def start(config: RunConfig, log: Path) -> subprocess.Popen[bytes]:
    with log.open("wb") as output:
        return subprocess.Popen(
            [sys.executable, "-c", PROGRAM, json.dumps(config.model_dump(mode="json"))],
            env=dict(os.environ),
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_gives_back_what_is_at_work(
    config: RunConfig, project: Project, tmp_path: Path, number: signal.Signals
) -> None:
    """Commands end at once, rows go back to not-started with a note, done items stay done; once is enough."""
    project.record("ACP-002", waits("ACP-002", seconds=300))
    process = start(config, tmp_path / "log")
    while process.poll() is None and not _is_at_work(project):
        time.sleep(0.2)

    os.kill(process.pid, number)
    while process.poll() is None and "The run is ended" not in (tmp_path / "log").read_text():
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGTERM)  # as a supervisor that has sent the first one to the whole group
    status = process.wait(timeout=120)

    said = (tmp_path / "log").read_text()
    row = project.backlog()["ACP-002"]
    assert status == 1, said
    assert (row.status, row.agent, row.started_at) == (ItemStatus.NOT_STARTED, "", None), said
    assert "the run was ended" in row.notes
    assert project.backlog()["ACP-001"].done
    assert "Stopped: " in said

    project.record("ACP-002", writes("ACP-002", "good"))
    assert start(config, tmp_path / "log2").wait(timeout=240) == 0, (tmp_path / "log2").read_text()
    assert project.backlog().finished


def _is_at_work(project: Project) -> bool:
    """Tell whether the first item is done and the slow one in progress."""
    backlog = project.backlog()
    return backlog["ACP-001"].done and backlog["ACP-002"].status is ItemStatus.IN_PROGRESS
