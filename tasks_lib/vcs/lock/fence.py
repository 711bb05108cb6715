"""The lock while a run holds it: every push moves it, or does not happen."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from threading import Event, Lock, Thread
from uuid import uuid4

from tasks_lib.errors import LedgerError, LockLost, PushRefused, RemoteUnavailable
from tasks_lib.vcs.lock.holder import Holder
from tasks_lib.vcs.lock.ref import LockRef, Seen
from tasks_lib.vcs.mirror import Mirror
from tasks_lib.vcs.push import Move, PushOutcome, PushState

_ACCEPTED = PushOutcome(PushState.ACCEPTED)
_OVERTAKEN = PushOutcome(PushState.LOST, "another process of this run moved the lock meanwhile")

_RACES = 20
"""How often the same is pushed again because another process of the run was faster."""


class Fence:
    """Moves the lock from what was ``seen`` on, in the name of ``holder``; for any thread.

    Nothing is held before the first push, unless the run has ``joined``. From then on other processes of the
    run may move the lock too: one that finds it where another of them put it goes on from there.
    """

    def __init__(self, mirror: Mirror, ref: LockRef, seen: Seen, holder: Holder) -> None:
        self._mirror = mirror
        self._ref = ref
        self._place = seen.ref
        self._sha = seen.sha
        self._holder = replace(holder, epoch=seen.holder.epoch + 1)
        self._held = False
        self._lost = Event()
        self._why = ""
        self._turn = Lock()
        self._unsure: set[str] = set()
        self._moved = 0.0

    @classmethod
    def joined(cls, mirror: Mirror, ref: LockRef, seen: Seen, lost: Event) -> "Fence":
        """Return the fence of another process of the run that was ``seen`` to hold the lock.

        ``lost`` is set when another run has taken over.
        """
        fence = cls(mirror, ref, seen, seen.holder)
        fence._lost = lost
        # Two processes that write the same commit would be one to git, which looks at no move that is none.
        fence._holder = replace(seen.holder, member=uuid4().hex)
        fence._held = True
        return fence

    @property
    def token(self) -> str:
        """What tells this holding of the lock from an earlier or later one of the same run."""
        return self._holder.token

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
            for _ in range(_RACES):
                outcome = self._try(updates)
                if outcome is not _OVERTAKEN:
                    break
            return outcome

    def _try(self, updates: Mapping[str, str]) -> PushOutcome:
        """Push once, from where the lock was last known to be."""
        self._holder = self._holder.beaten()
        new = self._ref.write(self._holder, self._place, self._sha)
        self._unsure.add(new)
        outcome = self._mirror.push(updates, Move(self._place, self._sha, new))
        if outcome.state is PushState.ACCEPTED:
            self._stands_at(new)
            return outcome
        return self._read_back(new, outcome, updates)

    def _read_back(self, new: str, outcome: PushOutcome, updates: Mapping[str, str]) -> PushOutcome:
        """Look where the lock is: whatever an answer says, what moved it moved everything with it."""
        seen = self._ref.look()
        if seen.sha == self._sha:
            return outcome
        if seen.sha in self._unsure:
            self._stands_at(seen.sha)
            return _ACCEPTED if seen.sha == new else outcome
        if self._held and seen.held and seen.holder.is_run_of(self._holder):
            # Ours may have landed before the other's did, and then its branches tell.
            self._stands_at(seen.sha)
            return _ACCEPTED if self._mirror.have_landed(updates) else _OVERTAKEN
        self._why = _loss(self._ref.what, self._holder, seen)
        self._lost.set()
        raise LockLost(self._why)

    def _stands_at(self, sha: str) -> None:
        self._sha = sha
        self._held = True
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
    now = whose(seen) if seen.sha else "somebody deleted it"
    return f"run {holder.run} lost the lock of {what}: {now}"


def whose(seen: Seen) -> str:
    """Say in a few words who has the lock now."""
    if not seen.sha:
        return "there is none"
    return f"it was released, last by {seen.holder}" if seen.holder.released else f"now held by {seen.holder}"
