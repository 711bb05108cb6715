"""Runs as real processes, on one machine or on two: a machine is a ``state_dir`` of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tasks_lib.config import LockConfig, RunConfig
from tests.vcs.conftest import Remote, git

ROOT = Path(__file__).parents[2]
LONG = 3600.0
"""A lease that does not end within a test."""
SHORT = 0.6
"""A lease that a test can wait for."""
PLACES = ("refs/tasks-md/lock", "refs/heads/tasks-md-lock")


def on(config: RunConfig, machine: str, lease: float = LONG, patience: float = 0) -> RunConfig:
    """Return the configuration as that machine has it."""
    lock = LockConfig(kind=config.lock.kind, lease=lease, patience=patience)
    return config.model_copy(update={"state_dir": config.state_dir / machine, "lock": lock})


class Run:
    """A run in a process of its own."""

    def __init__(self, config: RunConfig, name: str, *how: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.vcs.writer", config.model_dump_json(), name, *how],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def says(self) -> str:
        """Return the next line that it says; empty when it has ended."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def tell(self, words: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{words}\n")
        self.process.stdin.flush()

    def ask(self, words: str) -> str:
        self.tell(words)
        return self.says()

    def end(self) -> str:
        """Let it come to its end and return what it says last."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        return self.says()

    def freeze(self) -> None:
        self.process.send_signal(signal.SIGSTOP)
        # The signal is taken when the system says that the process has stopped.
        os.waitid(os.P_PID, self.process.pid, os.WSTOPPED)

    def thaw(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@contextmanager
def run(config: RunConfig, name: str, *how: str) -> Iterator[Run]:
    """Start a run, or with a token another process of it; end it with the test, whatever state it is in."""
    started = Run(config, name, *how)
    try:
        yield started
    finally:
        started.kill()
        for stream in (started.process.stdin, started.process.stdout):
            if stream is not None:
                stream.close()


def locks(remote: Remote) -> list[str]:
    """Return the refs of the locks on the remote."""
    return git(remote.path, "for-each-ref", "--format=%(refname)", *PLACES).splitlines()


def lock(remote: Remote) -> str:
    """Return the message of the only lock."""
    (ref,) = locks(remote)
    return git(remote.path, "log", "-1", "--format=%B", ref)


def writers(remote: Remote) -> list[str]:
    """Return the run of every status commit, oldest first."""
    told = git(remote.path, "log", "--reverse", "--format=%(trailers:key=Run,valueonly)", "main")
    return told.split()
