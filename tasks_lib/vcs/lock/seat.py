"""This machine's place at a lock: an flock that dies with its holder, and what has to outlive it.

Below ``state_dir/locks`` there is a directory for each lock with four files: ``lock`` carries the flock,
``holder`` says who has it, ``seat`` holds a name that never changes, and ``seen`` what was last seen of the
lock on the remote.

The name goes into the lock on the remote. Whoever finds it there while holding the flock knows, without
waiting for a lease, that the run which wrote it is dead.
"""

import fcntl
import json
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from uuid import uuid4

from tasks_lib.errors import LockHeld
from tasks_lib.planning.lease import Watch
from tasks_lib.vcs.lock.holder import Holder, parse_holder
from tasks_lib.vcs.scratch import locked

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_NAME = re.compile(r"[0-9a-f]{32}")


class Seat:
    """The place at the lock that ``what`` describes; ``directory`` is its own."""

    def __init__(self, directory: Path, what: str) -> None:
        self._directory = directory
        self._what = what

    @contextmanager
    def taken(self, holder: Holder) -> Iterator[None]:
        """Hold the place for this process; raise ``LockHeld`` when another one has it."""
        self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        with ExitStack() as stack:
            try:
                stack.enter_context(locked(self._directory / "lock", waiting=fcntl.LOCK_NB))
            except BlockingIOError:
                holder = self.holder
                raise LockHeld(
                    f"{self._what} is being worked on, on this machine, by {holder}", holder.run
                ) from None
            (self._directory / "holder").write_text(holder.message(self._what))
            yield

    @property
    def holder(self) -> Holder:
        """Who holds the place, or held it last."""
        return parse_holder(self._read("holder"))

    @property
    def name(self) -> str:
        """The name of this place, made up at first; to be asked for by whoever has taken it."""
        name = self._read("seat")
        if not _NAME.fullmatch(name):
            name = uuid4().hex
            (self._directory / "seat").write_text(name)
        return name

    def recall(self) -> Watch:
        """Return what runs before this one saw of the lock, as far as their clock is ours."""
        try:
            seen = json.loads(self._read("seen"))
            mine = bool(_boot()) and seen["boot"] == _boot()
            return Watch(str(seen["name"]), float(seen["since"])) if mine else Watch()
        except (ValueError, LookupError, TypeError):
            return Watch()

    def remember(self, watch: Watch) -> None:
        """Keep what was seen for runs to come."""
        seen = {"boot": _boot(), "name": watch.name, "since": watch.since}
        (self._directory / "seen").write_text(json.dumps(seen))

    def _read(self, name: str) -> str:
        path = self._directory / name
        return path.read_text(errors="replace") if path.exists() else ""


def _boot() -> str:
    """Return what tells one boot of this machine from the next: its monotonic clock starts anew with each."""
    return _BOOT.read_text().strip() if _BOOT.exists() else ""
