"""The lock on one machine alone: an flock."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from tasks_lib.config import RunConfig
from tasks_lib.errors import LockError
from tasks_lib.vcs.lock.holder import not_held
from tasks_lib.vcs.lock.place import LockPlace
from tasks_lib.vcs.push import PushOutcome

_ONE_PROCESS = '[lock] kind = "machine" is for one process alone; items elsewhere need kind = "ref"'


class MachineLock:
    """Keeps two runs apart on one machine; elsewhere nobody knows of it."""

    def __init__(self, config: RunConfig, run_id: str) -> None:
        self._place = LockPlace(config)
        self._me = self._place.holder(run_id)
        self._held = False

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Be the one writer until the end of the block; see ``ports.Lock``."""
        with self._place.seat.taken(self._me):
            self._place.mirror.recover()
            self._held = True
            try:
                yield
            finally:
                self._held = False

    @property
    def token(self) -> str:
        """Raise ``LockError``, as ``join`` does."""
        raise LockError(_ONE_PROCESS)

    def join(self, token: str) -> None:
        """Raise ``LockError``: nothing on the remote could keep another process of a dead run out."""
        del token
        raise LockError(_ONE_PROCESS)

    def check(self) -> None:
        """Raise ``LockError`` outside of ``exclusive``."""
        if not self._held:
            raise not_held(self._me)

    def push(self, updates: Mapping[str, str]) -> PushOutcome:
        """Push commits to branches."""
        self.check()
        return self._place.mirror.push(updates)
