"""Git processes of a run that was killed: ended before the next run looks at anything."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tasks_lib.config import LockConfig, RunConfig
from tasks_lib.vcs import make_lock
from tasks_lib.vcs.mirror import Mirror
from tests.vcs.conftest import PERSON, Remote, git

PUSH = """\
import sys
from tasks_lib.config import RunConfig
from tasks_lib.vcs.mirror import Mirror
mirror = Mirror(RunConfig.model_validate_json(sys.argv[1]))
mirror.push({"late": mirror.tip("main")})
"""


@pytest.fixture
def alone(config: RunConfig) -> RunConfig:
    """The configuration without a lock on the remote, so that nothing else keeps a late push out."""
    return config.model_copy(update={"lock": LockConfig(kind="machine")})


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A PATH without setpriv, as where the kernel is not asked to end git together with us."""
    directory = tmp_path / "programs"
    directory.mkdir()
    for name in ("env", "git", "sh", "sleep", "touch"):
        (directory / name).symlink_to(shutil.which(name) or "")
    return directory


@contextmanager
def pushing(remote: Remote, config: RunConfig, programs: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Give a process in the middle of a push, which the remote's hook lets go on when ``go`` is there."""
    begun, go = programs / "begun", programs / "go"
    Mirror(config).fetch()
    remote.hook("pre-receive", f"touch {begun}; until test -e {go}; do sleep 0.1; done")
    run = subprocess.Popen(
        [sys.executable, "-c", PUSH, config.model_dump_json()],
        env={**os.environ, **PERSON, "PATH": str(programs)},
    )
    try:
        assert comes_true(begun.exists)
        yield run
    finally:
        go.touch()
        run.kill()
        run.wait()


def comes_true(condition: object) -> bool:
    assert callable(condition)
    end = time.monotonic() + 15
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return bool(condition())


def at_work(config: RunConfig) -> list[str]:
    """Return the command lines of git processes that name the clone or the remote."""
    names = (str(Mirror(config).path), config.remote)
    listed = subprocess.run(["ps", "-ewwo", "args"], capture_output=True, text=True, check=True).stdout
    lines = [line for line in listed.splitlines() if line.startswith("git")]
    return [line for line in lines if any(name in line for name in names)]


def test_a_push_of_a_killed_run_does_not_land_during_the_next(
    remote: Remote, alone: RunConfig, programs: Path
) -> None:
    """It is ended on both sides before the next run begins, and leaves no lock on the remote."""
    with pushing(remote, alone, programs) as run:
        run.send_signal(signal.SIGKILL)
        run.wait()
        assert at_work(alone)
        with make_lock(alone, "next").exclusive():
            assert at_work(alone) == []
    assert "late" not in remote.branches()
    git(remote.person, "push", "-q", "origin", "main:late")


def test_a_push_of_a_living_run_goes_on(remote: Remote, alone: RunConfig, programs: Path) -> None:
    """A run on another tracking file of the same remote is left alone."""
    with pushing(remote, alone, programs) as run:
        other = alone.model_copy(update={"tracking_file": "other/tasks.md"})
        with make_lock(other, "next").exclusive():
            assert run.poll() is None
        (programs / "go").touch()
        assert run.wait(20) == 0
    assert "late" in remote.branches()
