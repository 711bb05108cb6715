"""``tasks-md unlock``, as people call it."""

import subprocess
import sys
from pathlib import Path

import pytest

from tasks_lib.config import RunConfig
from tests.vcs.conftest import Remote
from tests.vcs.runs import LONG, SHORT, lock, on, run


def unlock(config: RunConfig, home: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Call the command with a configuration file of its own."""
    path = home / "tasks-md.toml"
    path.write_text(
        f'remote = "{config.remote}"\nstate_dir = "{config.state_dir}"\n'
        f'[lock]\nkind = "{config.lock.kind}"\nlease = {config.lock.lease}\n'
    )
    command = [sys.executable, "-m", "tasks_lib.cli", "unlock", "--config", str(path), *options]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_lock_that_nobody_holds_needs_nothing(remote: Remote, config: RunConfig, tmp_path: Path) -> None:
    """Before the first run, and after one that has ended."""
    for _ in range(2):
        done = unlock(on(config, "there"), tmp_path)
        assert (done.returncode, done.stdout) == (0, "Nobody holds the lock of docs/tasks.md on main.\n")
        with run(on(config, "here"), "first") as first:
            assert first.says() == "holds"
            assert first.end() == "released"
    assert "Run: first" in lock(remote)


def test_a_dead_run_is_unlocked_when_its_lease_is_over(
    remote: Remote, config: RunConfig, tmp_path: Path
) -> None:
    """The holder is shown, and the next run on any machine starts at once."""
    with run(on(config, "here", SHORT), "first") as first:
        assert first.says() == "holds"
    done = unlock(on(config, "there", LONG), tmp_path)
    assert done.returncode == 0, done.stderr
    assert "is held by run first (host " in done.stdout
    assert f"pid {first.process.pid}) since 20" in done.stdout
    assert "Watching for 0.6 s whether it moves" in done.stdout
    assert done.stdout.endswith("Unlocked.\n")
    assert "Released: yes" in lock(remote)
    with run(on(config, "elsewhere"), "second") as second:
        assert second.says() == "holds"


def test_a_dead_run_of_the_same_machine_is_unlocked_at_once(config: RunConfig, tmp_path: Path) -> None:
    """Its seat is empty: there is nothing to wait for."""
    with run(on(config, "here", LONG), "first") as first:
        assert first.says() == "holds"
    done = unlock(on(config, "here"), tmp_path)
    assert (done.returncode, "Watching" in done.stdout) == (0, False)


def test_a_run_that_is_alive_is_not_unlocked(config: RunConfig, tmp_path: Path) -> None:
    """Neither on another machine, where its lock moves, nor on its own, where its seat is taken."""
    with run(on(config, "here", lease=6), "first") as first:
        assert first.says() == "holds"
        there = unlock(on(config, "there"), tmp_path)
        assert there.returncode == 1
        assert "it moves, so that run is alive: run first" in there.stderr
        here = unlock(on(config, "here"), tmp_path)
        assert here.returncode == 1
        assert "is being worked on, on this machine, by run first" in here.stderr
        assert first.ask("one") == "wrote one"


@pytest.mark.parametrize("machine", ["here", "there"])
def test_by_force_the_lock_is_taken_from_a_run_that_is_alive(
    config: RunConfig, tmp_path: Path, machine: str
) -> None:
    """The run ends with its next write, and says that somebody unlocked it."""
    with run(on(config, "here"), "first") as first:
        assert first.says() == "holds"
        done = unlock(on(config, machine), tmp_path, "--force")
        assert done.stdout.endswith("Unlocked.\n"), done.stderr
        words = first.ask("late")
        assert words.startswith("LockLost")
        assert "it was released, last by run tasks-md unlock" in words


def test_on_one_machine_only_the_end_of_the_run_unlocks(config: RunConfig, tmp_path: Path) -> None:
    """There is no ref to take away, so force helps as little."""
    config = config.model_copy(update={"lock": config.lock.model_copy(update={"kind": "machine"})})
    with run(on(config, "here"), "first") as first:
        assert first.says() == "holds"
        assert unlock(on(config, "here"), tmp_path, "--force").returncode == 1
    done = unlock(on(config, "here"), tmp_path)
    assert done.stdout.startswith(
        "Nobody on this machine works on docs/tasks.md on main; the last was run first"
    )
