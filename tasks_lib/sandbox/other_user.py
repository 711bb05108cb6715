"""Another user outside: where we are root, a command is a user who owns nothing but its checkout.

Inside every command is the user 1000. Outside it would be whoever runs the orchestrator. For root that is
too much: the kernel counts no processes of root, and whoever got out of the sandbox would be root. So another
user sets the sandbox up; in a mount namespace made for it, everything that the command may see lies at places
which that user can reach. Without root there is no other user to become.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Final

NOBODYS: Final = 60_999
"""A user number that Debian and systemd give to nobody."""

_TOOLS: Final = ("unshare", "sh", "mount", "setpriv")
_BIND: Final = 'set -e; while [ "$1" != -- ]; do "$0" --bind "$1" "$2"; shift 2; done; shift; exec "$@"'


@dataclass(frozen=True, slots=True)
class Crossing:
    """How a sandbox becomes another user's: what to put before it, and where it then finds paths."""

    prefix: tuple[str, ...] = ()
    places: Mapping[Path, Path] = field(default_factory=dict)

    def moved(self, bound: Mapping[Path, Path]) -> dict[Path, Path]:
        """Return what is bound where, as it is found behind the prefix."""
        return {inside: self.places.get(path, path) for inside, path in bound.items()}


@contextmanager
def crossing(uid: int, own: Collection[Path], others: Iterable[Path]) -> Iterator[Crossing]:
    """Give the way to that user; 0, or without root: no way.

    ``own`` becomes the user's, directories with all that is in them; ``others`` must be readable for all.
    """
    if uid == 0 or os.geteuid() != 0 or not _can_become(uid, shutil.which("bwrap")):
        yield Crossing()
        return
    for path in own:
        _give(uid, path)
    with tempfile.TemporaryDirectory(prefix="tasks-md-", dir="/tmp") as directory:
        Path(directory).chmod(0o755)
        paths = enumerate(dict.fromkeys((*own, *others)))
        places = {path: _mount_point(Path(directory, str(number)), path) for number, path in paths}
        yield Crossing(tuple(_steps(uid, places)), places)


def _mount_point(point: Path, path: Path) -> Path:
    """Make what a path can be mounted on."""
    if path.is_dir():
        point.mkdir()
    else:
        point.touch()
    return point


def _steps(uid: int, places: Mapping[Path, Path]) -> Iterator[str]:
    unshare, shell, mount, setpriv = (shutil.which(tool) or tool for tool in _TOOLS)
    yield from (unshare, "--mount", shell, "-c", _BIND, mount)
    for path, place in places.items():
        yield from (str(path), str(place))
    yield from ("--", setpriv, f"--reuid={uid}", f"--regid={uid}", "--clear-groups")
    # The kernel forgets with the old user that its processes die with us, so it is told once more.
    yield from ("--inh-caps=-all", "--bounding-set=-all", "--no-new-privs", "--pdeathsig=KILL")


@lru_cache(maxsize=4)
def _can_become(uid: int, bwrap: str | None) -> bool:
    """Tell whether root has its rights here, which in a container is not sure, and the user its tools."""
    if bwrap is None or not all(map(shutil.which, _TOOLS)):
        return False
    trial = [*_steps(uid, {}), bwrap, "--unshare-user", "--ro-bind", "/", "/", "/bin/true"]
    done = subprocess.run(trial, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=30)
    return done.returncode == 0


def _give(uid: int, path: Path) -> None:
    """Make the user the owner, once: what its commands make in there is its own anyway."""
    if path.stat().st_uid == uid:
        return
    if path.is_dir():
        for _, names, files, handle in os.fwalk(path):
            for name in (*names, *files):
                os.chown(name, uid, uid, dir_fd=handle, follow_symlinks=False)
    os.chown(path, uid, uid)
