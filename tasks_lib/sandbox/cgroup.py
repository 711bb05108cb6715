"""A cgroup for each command: what all of its processes may take together.

Groups are made only where that was left to us: below a group that systemd delegates, or below one that the
configuration names. Every other group has a manager of its own, even where we could write to it.
"""

import fcntl
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Final, Self

ROOT: Final = Path("/sys/fs/cgroup")
OWN: Final = Path("/proc/self/cgroup")

_PREFIX: Final = "tasks-md-"
_CONTROLLERS: Final = ("memory", "pids")
_NUMBERS: Final = count()
_GRACE: Final = 5.0  # seconds for killed processes to leave a group
_ENTER: Final = 'while [ "$1" != -- ]; do echo $$ > "$1" || exit 1; shift; done; shift; exec "$@"'


@dataclass(frozen=True, slots=True)
class Group:
    """The group of one command: one directory, or in version 1 one for each controller."""

    places: tuple[Path, ...] = ()

    @property
    def prefix(self) -> tuple[str, ...]:
        """What to put before a program, so that it is inside before it starts anything."""
        doors = [str(place / "cgroup.procs") for place in self.places]
        return ("/bin/sh", "-c", _ENTER, "cgroup", *doors, "--") if doors else ()

    def happened(self, event: str) -> bool:
        """Tell whether the kernel counted such an event: ``oom_kill``, or ``max`` for a fork refused."""
        files = ("pids.events",) if event == "max" else ("memory.events", "memory.oom_control")
        return any(_counted(place / file, event) for place in self.places for file in files)


@dataclass(frozen=True, slots=True)
class Groups:
    """Makes groups below ``parents``; ``memory`` in bytes, swap included."""

    parents: tuple[Path, ...]
    memory: int
    processes: int

    @classmethod
    def below(cls, cgroup: str, memory: int, processes: int, root: Path = ROOT) -> Self:
        """Return what makes groups below that one, a path as in /proc/PID/cgroup.

        What a killed run left there is ended and removed. Raise ``OSError`` when no group can be made.
        """
        name = cgroup.strip("/")
        if (root / "cgroup.controllers").exists():
            parents: tuple[Path, ...] = (root / name,)
            _hand_down(root / name)
        else:
            parents = tuple(root / controller / name for controller in _CONTROLLERS)
        for parent in parents:
            _sweep(parent)
        made = cls(parents, memory, processes)
        with made.one():
            return made

    @contextmanager
    def one(self) -> Iterator[Group]:
        """Give a new group; at the end all in it is ended, and it is removed."""
        name = f"{_PREFIX}{os.getpid()}-{next(_NUMBERS)}"
        with ExitStack() as stack:
            places = tuple(stack.enter_context(_made(parent, name)) for parent in self.parents)
            for place in places:
                self._limit(place)
            yield Group(places)

    def _limit(self, place: Path) -> None:
        limits = {
            "memory.max": self.memory,
            "memory.swap.max": 0,
            "memory.oom.group": 1,  # all of a command ends, not the process that the kernel picks
            "memory.limit_in_bytes": self.memory,
            "memory.memsw.limit_in_bytes": self.memory,
            "pids.max": self.processes,
        }
        for name, limit in limits.items():
            if (place / name).exists():  # depends on the version, and on whether there is swap
                (place / name).write_text(str(limit))


def is_marked(group: Path) -> bool:
    """Tell whether systemd has marked a group as one whose subgroups are left to who runs in it."""
    try:
        return os.getxattr(group, "user.delegate") == b"1"
    except OSError:
        return False


def delegated(own: Path = OWN, root: Path = ROOT, marked: Callable[[Path], bool] = is_marked) -> str:
    """Return the nearest group around us that systemd delegates (``Delegate=yes``); empty: none."""
    lines = own.read_text().splitlines() if own.exists() else []
    path = next((line.removeprefix("0::") for line in lines if line.startswith("0::")), "")
    around = (Path(path), *Path(path).parents) if path else ()
    return next((str(place) for place in around if marked(root / str(place).lstrip("/"))), "")


def _hand_down(parent: Path) -> None:
    """Let groups below have limits; refused while the group itself holds processes."""
    control = parent / "cgroup.subtree_control"
    if not set(_CONTROLLERS) <= set(control.read_text().split()):
        control.write_text(" ".join(f"+{controller}" for controller in _CONTROLLERS))


@contextmanager
def _made(parent: Path, name: str) -> Iterator[Path]:
    """Make a directory and hold its lock, which tells others that it is in use."""
    place = parent / name
    with _locked(parent):
        place.mkdir()
        lock = ExitStack()
        lock.enter_context(_locked(place))
    with lock:
        try:
            yield place
        finally:
            _remove(place)


@contextmanager
def _locked(place: Path, how: int = fcntl.LOCK_EX) -> Iterator[None]:
    """Hold the lock of a directory, which the kernel gives back when we die."""
    descriptor = os.open(place, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, how)
        yield
    finally:
        os.close(descriptor)


def _sweep(parent: Path) -> None:
    """Remove the groups whose maker is dead: nobody holds their locks."""
    with _locked(parent):
        for place in parent.glob(f"{_PREFIX}*"):
            with suppress(BlockingIOError), _locked(place, fcntl.LOCK_EX | fcntl.LOCK_NB):
                _remove(place)


def _remove(place: Path) -> None:
    """End all in a group and remove it; what does not end in time is left to the next run."""
    deadline = time.monotonic() + _GRACE
    if (place / "pids.max").exists():
        (place / "pids.max").write_text("0")  # nothing can be born while the others are ended
    while place.exists() and time.monotonic() < deadline:
        _kill(place)
        try:
            place.rmdir()
        except OSError:
            time.sleep(0.01)


def _kill(place: Path) -> None:
    members = place / "cgroup.procs"
    for pid in members.read_text().split():
        with suppress(ProcessLookupError):
            held = os.pidfd_open(int(pid))
            try:
                if pid in members.read_text().split():  # still the one that was meant
                    signal.pidfd_send_signal(held, signal.SIGKILL)
            finally:
                os.close(held)


def _counted(file: Path, event: str) -> bool:
    if not file.exists():
        return False
    counts = dict(line.split() for line in file.read_text().splitlines())
    return int(counts.get(event, "0")) > 0
