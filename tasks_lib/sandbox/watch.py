"""Read what a process says, and end it and its children when its time is over."""

import os
import select
import selectors
import signal
import subprocess
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Final, Self

from tasks_lib.ports import Hear
from tasks_lib.sandbox.disk import Guard
from tasks_lib.sandbox.output import Capture
from tasks_lib.sandbox.shell import MAX_STATE

_CHUNK: Final = 1 << 16
_LOOK: Final = 0.2  # seconds between two looks whether the run is being stopped or a disk fills up
_GRACE: Final = 5.0  # seconds for the kernel to end a process that was killed


class Watch:
    """Reads what a process says until it ends; a descendant that outlives it holds nobody up."""

    def __init__(self, process: subprocess.Popen[bytes], answers: int, hear: Hear | None = None) -> None:
        if process.stdout is None:
            raise ValueError("the process has no pipe for its output")
        self.output = Capture()
        self.state = bytearray()
        self.cut = ""
        self._process = process
        self._hear = hear
        self._takers = {process.stdout.fileno(): self._said, answers: self._remember}
        for descriptor in self._takers:
            os.set_blocking(descriptor, False)

    def _said(self, data: bytes) -> None:
        self.output.write(data)
        if self._hear and data:
            self._hear(data)

    def _remember(self, data: bytes) -> None:
        self.state += data[: MAX_STATE + 1 - len(self.state)]

    def add(self, words: str) -> None:
        """Put words of ours into what the process said."""
        self._said(words.encode())

    def until(self, deadline: float, stop: threading.Event, guard: Guard) -> bool:
        """Read until the process ends; end it at the deadline, or when ``stop`` is set or ``guard`` says so.

        Return whether that was needed; ``cut`` is then what the guard said.
        """
        in_time = False
        exited = os.pidfd_open(self._process.pid)
        try:
            with selectors.DefaultSelector() as selector:
                for descriptor in (exited, *self._takers):
                    selector.register(descriptor, selectors.EVENT_READ)
                in_time = self._read(selector, exited, deadline, stop, guard)
        finally:
            os.close(exited)
            self._end(() if in_time else _children(self._process.pid))
        for descriptor in self._takers:
            self._drain(descriptor)
        return not in_time

    def _read(
        self,
        selector: selectors.BaseSelector,
        exited: int,
        deadline: float,
        stop: threading.Event,
        guard: Guard,
    ) -> bool:
        while (left := deadline - time.monotonic()) > 0 and not stop.is_set():
            ready = {key.fd for key, _ in selector.select(min(left, _LOOK))}
            for descriptor in ready - {exited}:
                if not self._take(descriptor):
                    selector.unregister(descriptor)
            if exited in ready:
                return True
            self.cut = guard()
            if self.cut:
                break
        return False

    def _take(self, descriptor: int) -> bool:
        """Take what is there now; return whether more can come."""
        data = os.read(descriptor, _CHUNK)
        self._takers[descriptor](data)
        return bool(data)

    def _end(self, children: Iterable["_Child"]) -> None:
        # Not waited for yet, so the number of the process and of its group cannot be another's.
        with ExitStack() as stack:
            held = [stack.enter_context(child) for child in children]
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            for child in held:
                child.end()
        self._process.wait()

    def _drain(self, descriptor: int) -> None:
        """Take what is left in a pipe, at most as much as a pipe can hold if someone goes on writing."""
        with suppress(BlockingIOError):
            for _ in range(64):
                if not self._take(descriptor):
                    return


class _Child:
    """A child of the program, held by a descriptor that cannot come to mean another process.

    Of a pid namespace it is the first process: once it has ended, so has every other one there.
    """

    def __init__(self, pid: int) -> None:
        self._descriptor = os.pidfd_open(pid)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._descriptor)

    def end(self) -> None:
        """Kill it and see it end."""
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._descriptor, signal.SIGKILL)
        select.select([self._descriptor], [], [], _GRACE)


def _children(parent: int) -> Iterator[_Child]:
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(FileNotFoundError, ProcessLookupError):
            if _parent(stat) == parent:
                child = _Child(int(stat.parent.name))
                if _parent(stat) == parent:  # still the one that was meant
                    yield child


def _parent(stat: Path) -> int:
    """Return the parent from /proc/PID/stat: the second field after the name, which may hold anything."""
    return int(stat.read_text(errors="replace").rpartition(")")[2].split()[1])
