"""Run one program and end all of it: the part that every sandbox shares."""

import os
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from tasks_lib.errors import RunStopped, SandboxMissing
from tasks_lib.ports import Hear
from tasks_lib.sandbox.bounds import Bounds
from tasks_lib.sandbox.cgroup import Group
from tasks_lib.sandbox.shell import PRELUDE
from tasks_lib.sandbox.watch import Watch

BASH: Final = "/bin/bash"
TIMED_OUT: Final = 124
"""The exit code of a command that ran out of time, as timeout(1) has it."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one process of a command may take: sizes in bytes, counts otherwise."""

    file_size: int = 1 << 30
    open_files: int = 4096
    data: int = 4 << 30

    def arguments(self, processes: int) -> list[str]:
        """Return the prelude's arguments, in the units of bash's ``ulimit`` (KiB)."""
        return [str(n) for n in (self.file_size >> 10, self.open_files, processes, self.data >> 10)]


@dataclass(frozen=True, slots=True)
class Ended:
    """A program that has ended; ``state`` is what it wrote on the descriptor for its shell.

    ``cut`` tells why it was ended before its time; its output says so too.
    """

    exit_code: int
    output: str
    state: bytes
    timed_out: bool
    seconds: float
    cut: str = ""


@dataclass(frozen=True, slots=True)
class Program:
    """What to start: ``prefix`` is put before bash, ``environment`` is all that the first program gets.

    ``files`` are descriptors that the prefix reads; ``data`` is what bash's prelude reads; ``writable`` are
    the places whose disks are watched.
    """

    prefix: Sequence[str]
    environment: Mapping[str, str]
    data: bytes
    directory: str
    files: Sequence[int] = ()
    limits: Limits = Limits()
    bounds: Bounds = field(default_factory=Bounds)
    writable: Sequence[Path] = ()

    def argv(self, given: int, state: int) -> list[str]:
        """Return the whole command line for these two descriptors."""
        bash = [BASH, "--noprofile", "--norc", "-c", PRELUDE, "bash", str(given), str(state)]
        return [*self.prefix, *bash, *self.limits.arguments(self.bounds.processes)]

    def inside(self, group: Group) -> "Program":
        """Return the program that enters this group first."""
        return replace(self, prefix=[*group.prefix, *self.prefix])


@contextmanager
def readable(data: bytes, name: str) -> Iterator[int]:
    """Give a descriptor from which a child process reads these bytes."""
    descriptor = os.memfd_create(name)
    try:
        with os.fdopen(descriptor, "wb", closefd=False) as file:
            file.write(data)
        os.lseek(descriptor, 0, os.SEEK_SET)
        yield descriptor
    finally:
        os.close(descriptor)


def execute(program: Program, timeout: float, stop: threading.Event, hear: Hear | None = None) -> Ended:
    """Run a program to its end or to its time limit; then nothing of its process group is left.

    ``hear`` gets all output as it comes; what it raises ends the program. Raise ``SandboxMissing`` when it
    cannot be started, ``RunStopped`` when ``stop`` ended it.
    """
    with program.bounds.group() as group:
        return _execute(program.inside(group), group, timeout, stop, hear)


def _execute(
    program: Program, group: Group, timeout: float, stop: threading.Event, hear: Hear | None
) -> Ended:
    begun = time.monotonic()
    guard = program.bounds.reserve.guard(program.writable)
    state_end, state = os.pipe()
    with readable(program.data, "given") as given, os.fdopen(state_end, "rb", buffering=0) as answers:
        try:
            process = _start(program, given, state)
        finally:
            os.close(state)
        with process:
            watch = Watch(process, answers.fileno(), hear)
            ended = watch.until(begun + timeout, stop, guard)
    if ended and stop.is_set():
        raise RunStopped("the run was ended while a command was at work")
    for words in (*program.bounds.broken(group), *([f"ended: {watch.cut}"] if watch.cut else [])):
        watch.add(f"\n[{words}]\n")
    timed_out = ended and not watch.cut
    code = TIMED_OUT if timed_out else _exit_code(process.returncode)
    seconds = time.monotonic() - begun
    return Ended(code, watch.output.text(), bytes(watch.state), timed_out, seconds, watch.cut)


def _start(program: Program, given: int, state: int) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            program.argv(given, state),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            bufsize=0,
            cwd=program.directory,
            env=dict(program.environment),
            pass_fds=(given, state, *program.files),
            start_new_session=True,
        )
    except FileNotFoundError as error:
        raise SandboxMissing(f"{error.filename}: cannot be started: {error.strerror}") from error


def _exit_code(returncode: int) -> int:
    """Return the code as a shell shows it: 128 and the signal for a process that a signal ended."""
    return returncode if returncode >= 0 else 128 - returncode
