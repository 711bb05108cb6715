"""How much a command may take, and that it ends."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tasks_lib.ports import Finished
from tasks_lib.sandbox import execution
from tasks_lib.sandbox.shell import PRELUDE

Run = Callable[..., Finished]
RESERVE = "from mmap import *; mmap(-1, 6 << 30, MAP_PRIVATE | MAP_ANONYMOUS)"
"""Asks for 6 GiB and does not touch them."""


def test_a_daemon_dies_with_its_command(confined: Run, checkout: Path) -> None:
    """A child in a session of its own, ignoring signals, does not outlive the command."""
    daemon = "trap '' TERM HUP; while :; do date +%s%N > beat; sleep 0.05; done"
    confined(f'setsid nohup bash -c "{daemon}" >/dev/null 2>&1 < /dev/null & sleep 0.4')
    before = (checkout / "beat").read_text()
    time.sleep(0.4)
    assert (checkout / "beat").read_text() == before


def test_a_command_dies_with_us(tmp_path: Path) -> None:
    """When the process that runs a command is killed outright, the command does not go on alone."""
    script = (
        "from pathlib import Path; from tasks_lib.ports import Shell\n"
        "from tasks_lib.sandbox import BubblewrapSandbox\n"
        "BubblewrapSandbox().run('while :; do date +%s%N > beat; sleep 0.05; done',"
        f" Path({str(tmp_path)!r}), shell=Shell(), timeout=60)"
    )
    with subprocess.Popen([sys.executable, "-c", script]) as process:
        while not (tmp_path / "beat").exists():
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
    time.sleep(0.3)
    before = (tmp_path / "beat").read_text()
    time.sleep(0.4)
    assert (tmp_path / "beat").read_text() == before


def test_a_file_cannot_fill_the_disk(confined: Run, checkout: Path) -> None:
    """A file stops at 1 GiB; so do the private places, which live in memory."""
    finished = confined("truncate -s 2000M big; fallocate -l 1100M /tmp/big; fallocate -l 600M ~/big")
    assert "File size limit exceeded" in finished.output
    assert not (checkout / "big").exists() or (checkout / "big").stat().st_size <= 1 << 30
    assert confined("df --output=size -m /tmp ~ /dev/shm /run /var/tmp | tail -n +2").output.split() == [
        *("1024", "512", "256", "64", "256")
    ]


def test_memory_has_an_end(confined: Run) -> None:
    """A process that asks for 6 GiB gets none of it."""
    assert "MemoryError" in confined("python3 -c 'bytearray(6 << 30)'").output


def test_a_fork_bomb_ends_at_the_time_limit(confined: Run, checkout: Path) -> None:
    """Processes that multiply are all ended with the command."""
    bomb = "for n in $(seq 300); do (while :; do date +%s%N > beat; sleep 0.2; done) & done; wait"
    assert confined(bomb, timeout=2).timed_out
    before = (checkout / "beat").read_text()
    time.sleep(0.5)
    assert (checkout / "beat").read_text() == before


def test_a_command_is_the_first_to_go_when_memory_runs_short(run: Run) -> None:
    """The kernel ends it, and what it started, before the orchestrator or anything else of the machine."""
    assert (
        run("cat /proc/self/oom_score_adj; bash -c 'cat /proc/self/oom_score_adj'").output == "1000\n1000\n"
    )


@pytest.mark.parametrize(
    ("limit", "command", "words"),
    [
        ("ulimit -d", f"python3 -c '{RESERVE}'", "Cannot allocate memory"),
        ("ulimit -f", "truncate -s 2000M big; rm -f big", "File size limit exceeded"),
        ("ulimit -n", "ulimit -n", "4096"),
    ],
)
def test_each_limit_bites(
    limit: str, command: str, words: str, confined: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without it the same command is not stopped."""
    assert words in confined(command).output
    steps = [step for step in PRELUDE.split("; ") if not step.startswith(limit)]
    monkeypatch.setattr(execution, "PRELUDE", "; ".join(steps))
    assert words not in confined(command).output
