"""The lock as ``tasks_lib.vcs.lock`` takes, moves and releases it, step by step."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from tasks_lib.errors import LedgerError, LockHeld, LockLost, RemoteUnavailable
from tasks_lib.planning.lease import Standing
from tasks_lib.vcs.lock.holder import Holder
from tasks_lib.vcs.push import Move, PushOutcome, PushState
from tests.simulation.link import Link
from tests.simulation.machine import Machine
from tests.simulation.remote import LOCK, commit
from tests.simulation.world import IDLE, Process, Steps, World

LEASE = 120.0
BEATS = 3
BUDGET = 60.0


@dataclass(frozen=True, slots=True)
class Seen:
    """The lock at one moment; ``sha`` is empty before there ever was one."""

    sha: str = ""
    holder: Holder = field(default_factory=Holder)

    @property
    def held(self) -> bool:
        return bool(self.sha) and not self.holder.released


class Turn:
    """One thread of a process at a time."""

    def __init__(self) -> None:
        self._taken = False

    def wait(self) -> Steps[None]:
        while self._taken:
            yield IDLE, 0.5
        self._taken = True

    def over(self) -> None:
        self._taken = False


class Fence:
    """The lock in the hands of one process."""

    def __init__(self, world: World, machine: Machine, process: Process, link: Link) -> None:
        self.world = world
        self.machine = machine
        self.process = process
        self.link = link
        now = machine.time_of_day().isoformat()
        self.holder = Holder(machine.name, 1, process.name, now, LEASE, seat=machine.name)
        self.sha = ""
        self.why = ""
        self.over = False
        self._unsure: set[str] = set()
        self._moved = 0.0
        self._turn = Turn()

    def take(self) -> Steps[None]:
        """Take the lock if nobody alive holds it; raise ``LockHeld`` or ``RemoteUnavailable``."""
        end = self.machine.monotonic() + BUDGET
        while self.machine.monotonic() < end:
            seen, standing = yield from self.look()
            if standing is Standing.HELD:
                raise LockHeld(f"held by {seen.holder}")
            self.sha = seen.sha
            self.holder = replace(self.holder, epoch=seen.holder.epoch + 1)
            try:
                yield from self.move()
            except (RemoteUnavailable, LockLost):
                self.why = ""
                self._unsure.clear()
                yield IDLE, 2
                continue
            return
        raise RemoteUnavailable("gave up trying to take the lock")

    def look(self) -> Steps[tuple[Seen, Standing]]:
        """Ask for the lock, and tell what it means to this machine."""
        before = self.machine.monotonic()
        seen = yield from self._ask()
        self.machine.seen = self.machine.seen.observe(seen.sha if seen.held else "", self.machine.monotonic())
        return seen, self.standing(seen, before)

    def standing(self, seen: Seen, before: float) -> Standing:
        """Tell whether the holder counts as alive."""
        if seen.held and seen.holder.seat == self.machine.name:
            return Standing.EXPIRED
        return self.machine.seen.standing(before, seen.holder.lease)

    def _ask(self) -> Steps[Seen]:
        refs = yield from self.link.fetch()
        sha = refs.get(LOCK, "")
        return Seen(sha, self.link.remote.commits[sha].holder or Holder()) if sha else Seen()

    def check(self) -> None:
        """Raise ``LockLost`` once it is known that another run has taken over."""
        if self.why:
            raise LockLost(self.why)

    def push(self, updates: Mapping[str, str]) -> Steps[PushOutcome]:
        """Push and move the lock, all or nothing; one thread at a time."""
        yield from self._turn.wait()
        try:
            self.check()
            self.holder = self.holder.beaten()
            return (yield from self.send(updates, self.write()))
        finally:
            self._turn.over()

    def write(self) -> str:
        """Return a new lock in our name."""
        held = commit((), "Lock", self.world.now, holder=self.holder)
        return self.link.remote.add(held)

    def send(self, updates: Mapping[str, str], new: str) -> Steps[PushOutcome]:
        """Push to branches, with the lock moved to ``new``."""
        self._unsure.add(new)
        outcome = yield from self.link.push(updates, Move(LOCK, self.sha, new))
        if outcome.state is PushState.ACCEPTED:
            self._stands_at(new)
            return outcome
        return (yield from self.read_back(new, outcome))

    def read_back(self, new: str, outcome: PushOutcome) -> Steps[PushOutcome]:
        """Look where the lock is: what moved it moved everything with it."""
        seen = yield from self._ask()
        if seen.sha == self.sha:
            return outcome
        if seen.sha in self._unsure:
            self._stands_at(seen.sha)
            return PushOutcome(PushState.ACCEPTED) if seen.sha == new else outcome
        self.why = f"{self.process.name} lost the lock: now {seen.holder or 'nobody'}"
        raise LockLost(self.why)

    def _stands_at(self, sha: str) -> None:
        self.sha = sha
        self._unsure.clear()
        self._moved = self.machine.monotonic()

    def move(self) -> Steps[None]:
        """Push a sign of life."""
        outcome = yield from self.push({})
        if outcome.state is not PushState.ACCEPTED:
            raise RemoteUnavailable(f"the lock could not be moved: {outcome.words}")

    def beat(self) -> Steps[None]:
        """Be a thread that pushes signs of life where no other push did."""
        every = LEASE / BEATS
        while True:
            yield IDLE, every / 2
            if self.over or self.why:
                return
            if self.machine.monotonic() - self._moved >= every:
                try:
                    yield from self.move()
                except (LedgerError, LockLost):
                    continue

    def release(self) -> Steps[None]:
        """Push that nobody holds the lock, if that can be had."""
        self.over = True
        self.holder = replace(self.holder, released=True)
        try:
            yield from self.move()
        except (LedgerError, LockLost):
            return
