"""Git processes that outlive the run which started them, in whatever way: told by a mark, and ended.

The kernel ends git together with us where setpriv is there, but not what git itself has started: an ssh, or
the other side of a push to this machine. The mark is in their environment, which all of them inherit. It
names the process that started them by pid namespace, pid and start time, so that a live one is never taken
for a dead one. What a hook of the remote has started is none of ours.
"""

import os
import re
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

MARK = "TASKS_MD_OWNER"

_OWNER = re.compile(r"(?P<namespace>pid:\[[0-9]+\]) (?P<pid>[0-9]+) (?P<started>[0-9]+)")
_PROC = Path("/proc")
_PROGRAMS = ("git", "ssh")
_PAUSE = 0.02
_STATE, _START_TIME = 0, 19  # among the fields of stat that follow the program's name


def owner() -> str:
    """Return the name of this process that its children carry; empty where there is no ``/proc``."""
    return _name(os.getpid())


def end_orphans(patience: float = 1.0) -> None:
    """End all marked processes whose owner is dead, and return when they are gone.

    Most end by themselves, as nobody listens any more: they get that time, in seconds, and once more after
    SIGTERM. A git that is killed at once may leave a lock on a remote on this machine.
    """
    endings = iter((signal.SIGTERM, signal.SIGKILL))
    while not _gone_within(patience) and (ending := next(endings, None)):
        for orphan in _orphans():
            orphan.send(ending)


def _gone_within(seconds: float) -> bool:
    end = time.monotonic() + seconds
    while any(_orphans()):
        if time.monotonic() > end:
            return False
        time.sleep(_PAUSE)
    return True


@dataclass(frozen=True, slots=True)
class _Process:
    pid: int
    name: str

    def send(self, number: int) -> None:
        """Send a signal, unless the pid is another process's by now."""
        with suppress(ProcessLookupError):
            if _name(self.pid) == self.name:
                os.kill(self.pid, number)


def _orphans() -> Iterator[_Process]:
    here = _OWNER.fullmatch(owner())
    for pid in (int(directory.name) for directory in _PROC.glob("[0-9]*")):
        mark = _OWNER.fullmatch(_mark(pid))
        if mark and here and mark["namespace"] == here["namespace"] and _name(int(mark["pid"])) != mark[0]:
            yield _Process(pid, _name(pid))


def _mark(pid: int) -> str:
    """Return the mark of a git or ssh process; empty for one that has none, or that we may not look at."""
    with suppress(OSError):
        if (_PROC / str(pid) / "comm").read_text(errors="replace").startswith(_PROGRAMS):
            for variable in (_PROC / str(pid) / "environ").read_bytes().split(b"\0"):
                name, _, value = variable.decode(errors="replace").partition("=")
                if name == MARK:
                    return value
    return ""


def _name(pid: int) -> str:
    """Return namespace, pid and start time; empty for a process that is not there, or only as a zombie."""
    with suppress(OSError):
        directory = _PROC / str(pid)
        fields = (directory / "stat").read_text(errors="replace").rpartition(")")[2].split()
        if fields[_STATE] != "Z":
            return f"{(directory / 'ns' / 'pid').readlink()} {pid} {fields[_START_TIME]}"
    return ""
