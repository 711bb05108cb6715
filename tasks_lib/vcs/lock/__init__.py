"""One writer: an flock on this machine, and across machines a lock on the remote that fences every push."""

from threading import Event
from typing import Protocol

from tasks_lib.config import RunConfig
from tasks_lib.ports import Lock
from tasks_lib.vcs.lock.machine_lock import MachineLock
from tasks_lib.vcs.lock.ref_lock import RefLock
from tasks_lib.vcs.push import Pusher

__all__ = ["PushLock", "make_lock"]


class PushLock(Lock, Pusher, Protocol):
    """The right to write, and the way of every push that needs it."""


def make_lock(config: RunConfig, run_id: str, lost: Event | None = None) -> PushLock:
    """Return the lock of the configured kind for one run; ``lost`` is set when another run takes over."""
    return (
        RefLock(config, run_id, lost or Event()) if config.lock.kind == "ref" else MachineLock(config, run_id)
    )
