"""Runs as real processes, on one machine or on two: a machine is a ``state_dir`` of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tasks_lib.config import LockConfig, RunConfig

ROOT = Path(__file__).parents[2]
LONG = 3600.0
"""A lease that does not end within a test."""
SHORT = 0.6
"""A lease that a test can wait for."""


def on(config: RunConfig, machine: str, lease: float = LONG, patience: float = 0) -> RunConfig:
    """Return the configuration as that machine has it."""
    lock = LockConfig(kind=config.lock.kind, lease=lease, patience=patience)
    return config.model_copy(update={"state_dir": config.state_dir / machine, "lock": lock})


class Run:
    """A run in a process of its own."""

    def __init__(self, config: RunConfig, name: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.vcs.writer", config.model_dump_json(), name],
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
def run(config: RunConfig, name: str) -> Iterator[Run]:
    """Start a run and end it with the test, whatever state it is in."""
    started = Run(config, name)
    try:
        yield started
    finally:
        started.kill()
        for stream in (started.process.stdin, started.process.stdout):
            if stream is not None:
                stream.close()
