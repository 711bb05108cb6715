"""Ways in which a life of the driver ends. The product knows of none of them.

Git is called through a script in front of it on PATH, which counts the calls and can end the driver before,
in, or after one of them; ``Life`` starts the driver, ends it and waits for it.
"""

import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from tasks_lib.config import RunConfig
from tests.crash import driver

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess

ROOT = Path(__file__).parents[2]
LONGEST = 120.0
"""Seconds after which a life counts as hanging."""

_SCRIPT = """\
#!/bin/sh
read -r calls < {home}/calls
calls=$((calls + 1))
echo $calls > {home}/calls
die() {{ read -r pid < {home}/pid; kill -s KILL -- "-$pid"; }}
if {when}; then
    {before}
    {inside} {git} "$@"
    die
    exit 1
fi
exec {git} "$@"
"""


class Death(Protocol):
    """How a life ends."""

    def script(self, home: Path) -> str:
        """Return what is called for git."""

    def await_end(self, life: "Life") -> None:
        """Wait until the life has ended, or end it."""

    def command(self) -> list[str]:
        """Return what is put before the driver's command line; empty where it is only forked."""


def _script(home: Path, when: str = "false", *, before: str = ":", inside: str = "") -> str:
    return _SCRIPT.format(home=home, when=when, before=before, inside=inside, git=shutil.which("git"))


def _is(call: int) -> str:
    return f"[ $calls = {call} ]"


@dataclass(frozen=True)
class Never:
    """The driver comes to its end."""

    def script(self, home: Path) -> str:
        return _script(home)

    def await_end(self, life: "Life") -> None:
        life.wait()

    def command(self) -> list[str]:
        return []


@dataclass(frozen=True)
class After(Never):
    """So many seconds after its start."""

    seconds: float

    def await_end(self, life: "Life") -> None:
        life.wait(self.seconds)
        life.kill()


@dataclass(frozen=True)
class AtCall(Never):
    """Right before or right after the call of git with that number."""

    call: int
    after: bool = False

    def script(self, home: Path) -> str:
        return _script(home, _is(self.call), before=":" if self.after else "die; exit 1")


@dataclass(frozen=True)
class AfterPush(Never):
    """Right after the first push to a branch, before anybody could read the answer."""

    branch: str

    def script(self, home: Path) -> str:
        return _script(home, f'case "$*" in *push*:refs/heads/{self.branch}*) ;; *) false ;; esac')


@dataclass(frozen=True)
class InCall(Never):
    """In the call of git with that number, where git or a child of it comes to its n-th such system call."""

    call: int
    syscall: str
    nth: int

    def script(self, home: Path) -> str:
        return _script(home, _is(self.call), inside=strace(self.syscall, self.nth, "-f"))


@dataclass(frozen=True)
class AtSyscall(Never):
    """Where the driver itself, not a child of it, comes to its n-th such system call."""

    syscall: str
    nth: int

    def command(self) -> list[str]:
        return strace(self.syscall, self.nth).split()


def strace(syscall: str, nth: int, *options: str) -> str:
    """Return the command that ends a program at a system call."""
    inject = f"{syscall}:signal=KILL:when={nth}"
    return " ".join(["strace", *options, "-qqq", "-o", "/dev/null", "-e", f"inject={inject}"])


class Life:
    """The driver as a process; ``ended`` is its exit status, negative for a signal."""

    def __init__(self, home: Path, config: RunConfig, run_id: str, death: Death) -> None:
        self._home = home
        arguments = (config.model_dump_json(), run_id, str(home), str(_programs(home, death)))
        (home / "calls").write_text("0\n")
        (home / "pid").unlink(missing_ok=True)
        self._process = _started(death.command(), arguments)
        self.ended: int | None = None

    def wait(self, seconds: float = LONGEST) -> None:
        """Wait for the end, at most so long."""
        self.ended = self._process.wait(seconds)

    def kill(self) -> None:
        """End the whole process group."""
        if self.ended is None:
            self._process.kill()
            with suppress(ProcessLookupError, FileNotFoundError, ValueError):
                os.killpg(int((self._home / "pid").read_text()), signal.SIGKILL)
            self.wait()

    @property
    def calls(self) -> int:
        """How often git was called."""
        return int((self._home / "calls").read_text())


class _Process(Protocol):
    def wait(self, seconds: float) -> int | None:
        """Return the exit status, None when the process is still there."""

    def kill(self) -> None:
        """Send SIGKILL."""


class _Forked:
    """A process forked from one that has imported everything: it starts in milliseconds."""

    def __init__(self, arguments: tuple[str, ...]) -> None:
        self._process: BaseProcess = _nursery().Process(target=driver.live, args=arguments)
        self._process.start()

    def wait(self, seconds: float) -> int | None:
        self._process.join(seconds)
        return self._process.exitcode

    def kill(self) -> None:
        self._process.kill()


class _Called:
    """A process with a command line, which other programs can be put before."""

    def __init__(self, before: list[str], arguments: tuple[str, ...]) -> None:
        command = [*before, sys.executable, "-m", driver.__name__, *arguments]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL)

    def wait(self, seconds: float) -> int | None:
        with suppress(subprocess.TimeoutExpired):
            return self._process.wait(seconds)
        return None

    def kill(self) -> None:
        self._process.kill()


def _started(before: list[str], arguments: tuple[str, ...]) -> _Process:
    return _Called(before, arguments) if before else _Forked(arguments)


def _nursery() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([driver.__name__, "git"])
    return context


def _programs(home: Path, death: Death) -> Path:
    """Put the script for this life into the directory that is put before PATH."""
    directory = home / "programs"
    draft = directory / "git.new"
    draft.write_text(death.script(home))
    draft.chmod(0o755)
    # In the old one's place, which a process of the life before may just be about to execute.
    draft.replace(directory / "git")
    return directory
