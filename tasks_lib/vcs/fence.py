"""The lock while a run holds it: every push moves it, or does not happen."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from threading import Event, Lock, Thread

from tasks_lib.errors import LedgerError, LockLost, PushRefused, RemoteUnavailable
from tasks_lib.vcs.holder import Holder
from tasks_lib.vcs.lock_ref import LockRef, Seen
from tasks_lib.vcs.mirror import Mirror
from tasks_lib.vcs.push import Move, PushOutcome, PushState

_ACCEPTED = PushOutcome(PushState.ACCEPTED)


class Fence:
    """Moves the lock from what was ``seen`` on, in the name of ``holder``; for any thread.

    Nothing is held before the first push.
    """

    def __init__(self, mirror: Mirror, ref: LockRef, seen: Seen, holder: Holder) -> None:
        self._mirror = mirror
        self._ref = ref
        self._place = seen.ref
        self._sha = seen.sha
        self._holder = replace(holder, epoch=seen.holder.epoch + 1)
        self._lost = Event()
        self._why = ""
        self._turn = Lock()
        self._unsure: set[str] = set()
        self._moved = 0.0

    def check(self) -> None:
        """Raise ``LockLost`` once it is known that another run has taken over."""
        if self._why:
            raise LockLost(self._why)

    def push(self, updates: Mapping[str, str]) -> PushOutcome:
        """Push commits to branches and move the lock, all or nothing.

        Raise ``LockLost`` when the lock is not where this run put it, ``RemoteUnavailable`` when the remote
        went away before it could tell.
        """
        with self._turn:
            self.check()
            self._holder = self._holder.beaten()
            new = self._ref.write(self._holder, self._place, self._sha)
            self._unsure.add(new)
            outcome = self._mirror.push(updates, Move(self._place, self._sha, new))
            if outcome.state is PushState.ACCEPTED:
                self._stands_at(new)
                return outcome
            return self._read_back(new, outcome)

    def _read_back(self, new: str, outcome: PushOutcome) -> PushOutcome:
        """Look where the lock is: whatever an answer says, what moved it moved everything with it."""
        seen = self._ref.look()
        if seen.sha == self._sha:
            return outcome
        if seen.sha in self._unsure:
            self._stands_at(seen.sha)
            return _ACCEPTED if seen.sha == new else outcome
        self._why = _loss(self._ref.what, self._holder, seen)
        self._lost.set()
        raise LockLost(self._why)

    def _stands_at(self, sha: str) -> None:
        self._sha = sha
        self._unsure.clear()
        self._moved = time.monotonic()

    def move(self) -> None:
        """Push a sign of life; raise ``PushRefused``, ``RemoteUnavailable`` or ``LockLost``."""
        outcome = self.push({})
        if outcome.state is PushState.REFUSED:
            raise PushRefused(f"the remote does not take the lock at {self._place}: {outcome.words}")
        if outcome.state is not PushState.ACCEPTED:
            raise RemoteUnavailable(f"the lock at {self._place} could not be moved: {outcome.words}")

    def release(self) -> None:
        """Push that nobody holds the lock; raise as ``move`` does."""
        self._holder = replace(self._holder, released=True)
        self.move()

    def withdraw(self) -> None:
        """Take away a lock that was only just made: the one case in which its ref is deleted."""
        self._mirror.push({}, Move(self._place, self._sha, ""))

    @contextmanager
    def kept_alive(self, every: float, lost: Event) -> Iterator[None]:
        """Push a sign of life where no other push did, so many seconds apart, until the end of the block.

        ``lost`` is set when another run has taken over.
        """
        self._lost = lost
        over = Event()

        def beat() -> None:
            while not (over.wait(every / 2) or self._why):
                if time.monotonic() - self._moved < every:
                    continue
                try:
                    self.move()
                except (LedgerError, LockLost, OSError):
                    # The next one may get through. Who loses the lock is told by ``check`` and ``push``.
                    continue

        thread = Thread(target=beat, name="sign of life", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()


def _loss(what: str, holder: Holder, seen: Seen) -> str:
    if not seen.sha:
        now = "somebody deleted it"
    elif seen.holder.released:
        now = f"it was released, last by {seen.holder}"
    else:
        now = f"now held by {seen.holder}"
    return f"run {holder.run} lost the lock of {what}: {now}"
