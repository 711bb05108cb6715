"""The lock across machines: a ref on the remote that fences every push."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from threading import Event
from threading import Lock as Mutex

from tasks_lib.config import RunConfig
from tasks_lib.errors import LedgerError, LockHeld, LockLost, PushRefused, RemoteUnavailable
from tasks_lib.planning.lease import Standing
from tasks_lib.vcs.lock.fence import Fence, whose
from tasks_lib.vcs.lock.holder import not_held
from tasks_lib.vcs.lock.place import LockPlace
from tasks_lib.vcs.lock.ref import Seen
from tasks_lib.vcs.push import PushOutcome
from tasks_lib.vcs.tries import tries

_BEATS = 3
"""Signs of life within a lease: one that gets lost on the way is not yet a death."""


class RefLock:
    """Keeps two runs apart wherever they are, as long as they use the same remote."""

    def __init__(self, config: RunConfig, run_id: str, lost: Event) -> None:
        self._place = LockPlace(config)
        self._me = self._place.holder(run_id)
        self._patience, self._budget = config.lock.patience, config.push_budget
        self._lost = lost
        self._fence: Fence | None = None
        self._joining = Mutex()

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Be the one writer until the end of the block; see ``ports.Lock``."""
        with self._place.seat.taken(self._me):
            self._place.mirror.recover()
            fence = self._fence = self._take()
            try:
                with fence.kept_alive(self._me.lease / _BEATS, self._lost):
                    yield
            finally:
                self._fence = None
                # A lock that cannot be released now is free when its lease is over.
                with suppress(LedgerError, LockLost):
                    fence.release()

    @property
    def token(self) -> str:
        """What another process of the run shows to join: which time it is that the lock was taken."""
        return self._held().token

    def join(self, token: str) -> None:
        """Push from where the run's other processes put the lock; see ``ports.Lock``."""
        seen = self._place.ref.look()
        if not (seen.held and (seen.holder.run, seen.holder.token) == (self._me.run, token)):
            raise not_held(self._me, f" of {self._place.ref.what} ({whose(seen)})")
        with self._joining:
            if self._fence is None:
                self._fence = Fence.joined(self._place.mirror, self._place.ref, seen, self._lost)

    def check(self) -> None:
        """Raise ``LockLost`` once another run has taken over, ``LockError`` where it is not held."""
        self._held().check()

    def push(self, updates: Mapping[str, str]) -> PushOutcome:
        """Push commits to branches if the lock is still ours; see ``Fence.push``."""
        return self._held().push(updates)

    def _held(self) -> Fence:
        if self._fence is None:
            raise not_held(self._me)
        return self._fence

    def _take(self) -> Fence:
        """Take the lock if nobody alive holds it; a holder that moves it is alive."""
        lookout = self._place.lookout()
        began, first = time.monotonic(), ""
        for _ in tries(self._patience + self._budget):
            seen, standing = lookout.look()
            if standing is not Standing.HELD:
                fence = self._claim(seen)
                if fence:
                    return fence
                continue
            first = first or seen.sha
            if seen.sha != first or time.monotonic() - began >= self._patience:
                words = _held_by(self._place.ref.what, seen, lookout.lease_of(seen))
                raise LockHeld(words, seen.holder.run)
        raise RemoteUnavailable(
            f"gave up after {self._budget:g} s of trying to take the lock of {self._place.ref.what}"
        )

    def _claim(self, seen: Seen) -> Fence | None:
        """Put our name where the lock is, or into the first place that the host allows; None: look again."""
        me = replace(self._me, seat=self._place.seat.name)
        refusals = []
        for place in (seen.ref,) if seen.ref else self._place.ref.places:
            fence = Fence(self._place.mirror, self._place.ref, replace(seen, ref=place), me)
            try:
                fence.move()
            except PushRefused as error:
                refusals.append(str(error))
                continue
            except (RemoteUnavailable, LockLost):
                return None
            if seen.ref or self._is_alone(fence):
                return fence
            refusals.append(f"the remote takes the lock at {place}, but does not show it")
        raise PushRefused(_NO_LOCK.format(refusals="\n".join(refusals)))

    def _is_alone(self, fence: Fence) -> bool:
        """Tell whether a lock that we made can be seen; raise ``LockHeld`` when it is not the only one."""
        found = self._place.ref.places_in_use()
        if len(found) == 1:
            return True
        fence.withdraw()
        if found:
            raise LockHeld(f"another run began on {self._place.ref.what} in this moment; start again")
        return False


_NO_LOCK = """\
the remote takes no lock, so that two runs on two machines could not be kept apart:
{refusals}
Allow atomic pushes, to refs/tasks-md/* or to branches tasks-md-lock/*; or, if no other machine ever runs \
this tracking file, say so in the configuration: [lock] kind = "machine"."""


def _held_by(what: str, seen: Seen, lease: float) -> str:
    return (
        f"{what} is being worked on by {seen.holder}. If it is dead, its lock stays as it is: "
        f"a run that sees it unchanged for {lease:g} s takes it over, and `tasks-md unlock` ends it sooner"
    )
