"""Where the lock of a tracking file is: on this machine and on the remote."""

import os
import socket
from datetime import UTC, datetime

from tasks_lib.config import RunConfig
from tasks_lib.vcs.lock.holder import Holder
from tasks_lib.vcs.lock.lookout import Lookout
from tasks_lib.vcs.lock.ref import LockRef
from tasks_lib.vcs.lock.seat import Seat
from tasks_lib.vcs.mirror import Mirror


class LockPlace:
    """The seat and the ref of the lock that a configuration names."""

    def __init__(self, config: RunConfig) -> None:
        self.mirror = Mirror(config)
        self.ref = LockRef(self.mirror, config.tracking_branch, config.tracking_file)
        name = f"{self.mirror.remote.slug}-{self.ref.name}"
        self.seat = Seat(self.mirror.state / "locks" / name, self.ref.what)
        self._lease = config.lock.lease

    def holder(self, run_id: str) -> Holder:
        """Return this process as a holder, from now on."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        return Holder(socket.gethostname(), os.getpid(), run_id, now, self._lease)

    def lookout(self) -> Lookout:
        """Return a lookout, for whoever has taken the seat."""
        return Lookout(self.ref, self.seat, socket.gethostname(), self._lease)
