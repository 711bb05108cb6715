"""A sandbox per command, by bubblewrap: namespaces, no network, and a root built from an allow-list."""

import shutil
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Final

from tasks_lib.errors import SandboxMissing
from tasks_lib.ports import Finished, Hear, Shell
from tasks_lib.sandbox import doors as doorways
from tasks_lib.sandbox.bounds import Bounds
from tasks_lib.sandbox.execution import Ended, Program, execute, readable
from tasks_lib.sandbox.other_user import NOBODYS, crossing
from tasks_lib.sandbox.shell import decode, encode, started
from tasks_lib.sandbox.surroundings import SYSTEM, existing, fixed_environment, toolchains

ROOT: Final = Path("/workspace")
HOME: Final = "/home/agent"
DOORS: Final = Path("/run/doors")
UID: Final = "1000"

INSTALL: Final = (
    "bubblewrap is not installed; on Debian: apt-get install bubblewrap "
    '(or choose to run without a sandbox: sandbox.kind = "none")'
)

_MEBIBYTE: Final = 1 << 20
_OWN_DIRECTORIES: Final = {  # private tmpfs, with their sizes in bytes
    "/tmp": 1024 * _MEBIBYTE,  # noqa: S108  the sandbox's own
    "/var/tmp": 256 * _MEBIBYTE,  # noqa: S108  the sandbox's own
    "/run": 64 * _MEBIBYTE,
    "/dev/shm": 256 * _MEBIBYTE,  # noqa: S108  the sandbox's own
    HOME: 512 * _MEBIBYTE,
}
# Of /etc only what programs need to start: as root, the whole would show the machine's passwords and keys.
_ETC: Final = (
    "alternatives",
    "ca-certificates",
    "ca-certificates.conf",
    "debian_version",
    "fonts",
    "host.conf",
    "java-*",
    "ld.so.cache",
    "ld.so.conf",
    "ld.so.conf.d",
    "localtime",
    "magic",
    "mime.types",
    "nsswitch.conf",
    "os-release",
    "perl",
    "pki/tls/certs",
    "protocols",
    "python3*",
    "services",
    "ssl/certs",
    "ssl/openssl.cnf",
    "timezone",
)
_ACCOUNTS: Final = {
    "/etc/passwd": f"agent:x:{UID}:{UID}:agent:{HOME}:/bin/bash\nnobody:x:65534:65534:::/bin/false\n",
    "/etc/group": f"agent:x:{UID}:\nnogroup:x:65534:\n",
    "/etc/hosts": "127.0.0.1 localhost\n::1 localhost\n",
}
_NAMESPACES: Final = (
    *("--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-net"),
    "--unshare-cgroup-try",
)
CONFINED: Final = (
    *_NAMESPACES,
    *("--uid", UID, "--gid", UID, "--hostname", "sandbox", "--cap-drop", "ALL"),
    *("--die-with-parent", "--new-session", "--as-pid-1", "--clearenv"),
)


@dataclass(frozen=True)
class BubblewrapSandbox:
    """Runs commands where they see their checkout, the system's programs, and nothing else.

    The checkout is writable at ``/workspace``; /tmp, /var/tmp, /run and HOME are empty at every command;
    there is no network. ``path`` is put before PATH, and what its programs need is made readable;
    ``environment`` is added to what a command gets; ``stop`` ends commands at work. Where we are root, a
    command is the user ``uid`` outside; 0: root all the same. ``bounds`` is what all processes of a command
    may take together.
    """

    path: Sequence[str] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    stop: threading.Event = field(default_factory=threading.Event, compare=False, repr=False)
    uid: int = NOBODYS
    bounds: Bounds = field(default_factory=Bounds)

    @property
    def root(self) -> Path | None:
        """Where a command sees its checkout."""
        return ROOT

    @property
    def home(self) -> Path | None:
        """Where a command sees the HOME that it is given."""
        return Path(HOME)

    def run(  # noqa: PLR0913  what a command may see, reach and say, each by its name
        self,
        command: str,
        checkout: Path,
        *,
        shell: Shell,
        timeout: float,
        shares: Sequence[Path] = (),
        doors: Mapping[str, Path] = doorways.NONE,
        hear: Hear | None = None,
        home: Path | None = None,
    ) -> Finished:
        """Run one shell command in a checkout and end all that it started.

        ``shares``, ``doors``, ``hear`` and ``home`` are those of the Protocol. Raise ``SandboxMissing`` when
        bubblewrap is not there or the kernel does not let it work, ``ConfigError`` for a directory of
        ``path`` that does not exist, ``WorkspaceError`` for a checkout that does not.
        """
        fixed = fixed_environment(self.path, HOME, self.environment)
        own = existing(checkout)
        with ExitStack() as stack:
            accounts = {
                place: stack.enter_context(readable(text.encode(), "account"))
                for place, text in _ACCOUNTS.items()
            }
            places = {variable: DOORS / str(number) for number, variable in enumerate(doors)}
            readables = (*toolchains(tuple(self.path)), *doorways.needs(doors), *shares)
            bound = {path: path for path in readables} | {places[name]: doors[name] for name in doors}
            writable = {ROOT: own} | ({Path(HOME): existing(home)} if home else {})
            way = stack.enter_context(
                crossing(self.uid, (*writable.values(), *doors.values()), bound.values())
            )
            view = _view(way.moved(writable), way.moved(bound), accounts)
            prefix = [*way.prefix, *_bubblewrap(), *view, *_variables(fixed), "--", *doorways.keeper(places)]
            program = Program(
                prefix,
                {},
                encode(command, shell),
                "/",
                tuple(accounts.values()),
                bounds=self.bounds,
                writable=tuple(writable.values()),
            )
            ended = execute(program, timeout, self.stop, hear)
        return _finished(ended, shell, {**fixed, **dict.fromkeys(doors, "")})


def _finished(ended: Ended, before: Shell, fixed: Mapping[str, str]) -> Finished:
    if not started(ended.state) and not ended.timed_out and not ended.cut:
        raise SandboxMissing(f"bubblewrap could not set up its sandbox: {ended.output.strip()}")
    after = decode(ended.state, before, ROOT, fixed)
    return Finished(ended.exit_code, ended.output, ended.timed_out, ended.seconds, after)


def check_bubblewrap() -> None:
    """Raise ``SandboxMissing`` when bubblewrap is not there, or the kernel does not let it work."""
    probe = [*_bubblewrap(), "--ro-bind", "/", "/", "--", "/bin/true"]
    done = subprocess.run(
        probe, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=30
    )
    if done.returncode:
        raise SandboxMissing(
            f"bubblewrap could not set up its sandbox: {done.stderr.strip()}\n"
            "It needs user namespaces: a container has to be allowed them, and a bare chroot has none"
        )


def _bubblewrap() -> list[str]:
    program = shutil.which("bwrap")
    if program is None:
        raise SandboxMissing(INSTALL)
    return [program, *CONFINED, *_without_nesting(program)]


@lru_cache(maxsize=4)
def _without_nesting(program: str) -> tuple[str, ...]:
    """Return the option that forbids user namespaces inside, where this kernel lets bubblewrap set it."""
    probe = [program, "--unshare-user", "--disable-userns", "--ro-bind", "/", "/", "/bin/true"]
    done = subprocess.run(probe, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=30)
    return ("--disable-userns",) if done.returncode == 0 else ()


def _view(
    writable: Mapping[Path, Path], bound: Mapping[Path, Path], accounts: Mapping[str, int]
) -> Iterator[str]:
    """Give the options that build the root, ground first: later ones cover earlier ones.

    ``writable`` and ``bound`` say what can be written, and what can be read and connected to, by its place
    inside.
    """
    yield from _system()
    yield from ("--proc", "/proc", "--dev", "/dev")
    for place, size in _OWN_DIRECTORIES.items():
        yield from ("--perms", "1777", "--size", str(size), "--tmpfs", place)
    for found in (found for pattern in _ETC for found in sorted(Path("/etc").glob(pattern))):
        yield from ("--ro-bind", str(found), str(found))
    for place, descriptor in accounts.items():
        yield from ("--ro-bind-data", str(descriptor), place)
    # HOME before what can be read: a toolchain may live below a directory of that name.
    for inside, path in writable.items():
        yield from ("--bind", str(path), str(inside))
    for inside, path in bound.items():
        yield from ("--ro-bind", str(path), str(inside))
    yield from ("--remount-ro", "/dev", "--remount-ro", "/", "--chdir", str(ROOT))


def _system() -> Iterator[str]:
    """Give the system's directories; where /bin is a link into /usr it stays one."""
    for place in map(Path, SYSTEM):
        if place.is_symlink():
            yield from ("--symlink", str(place.readlink()), str(place))
        elif place.is_dir():
            yield from ("--ro-bind", str(place), str(place))


def _variables(environment: Mapping[str, str]) -> Iterator[str]:
    for name, value in environment.items():
        yield from ("--setenv", name, value)
