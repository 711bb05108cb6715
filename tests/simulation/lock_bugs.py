"""Seeded bugs in pushing and in the lock: a sound run with one mistake that one could really make."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from tasks_lib.errors import LockLost, WorkspaceError
from tasks_lib.planning.lease import Standing
from tasks_lib.vcs.push import Move, PushOutcome, PushState
from tests.simulation.fence import LEASE, Fence, Seen
from tests.simulation.ledger import Ledger
from tests.simulation.remote import LOCK
from tests.simulation.run import Parts
from tests.simulation.work import Workspaces
from tests.simulation.world import IDLE, Steps


def pushing_without_the_fence() -> Parts:
    """The lock is taken and renewed, but a push of work does not depend on it."""

    class Open(Fence):
        def send(self, updates: Mapping[str, str], new: str) -> Steps[PushOutcome]:
            if not updates:
                return (yield from super().send(updates, new))
            return (yield from self.link.push(updates))

    return Parts(fence=Open)


def fencing_with_a_lock_that_stays() -> Parts:
    """A push names the lock without changing it; git does not look at such a one."""

    class Still(Fence):
        def send(self, updates: Mapping[str, str], new: str) -> Steps[PushOutcome]:
            if not updates:
                return (yield from super().send(updates, new))
            return (yield from self.link.push(updates, Move(LOCK, self.sha, self.sha)))

    return Parts(fence=Still)


def pushing_by_force() -> Parts:
    """A push goes through, whoever was faster."""

    class Rude(Fence):
        def send(self, updates: Mapping[str, str], new: str) -> Steps[PushOutcome]:
            outcome = yield from super().send(updates, new)
            if outcome.state is not PushState.LOST or not updates:
                return outcome
            move = Move(LOCK, self.sha, new)
            remote = self.link.remote
            outcome = remote.push(self.link.who, self.world.now, updates, move, force=True)
            return outcome if outcome.state is not PushState.ACCEPTED else self._accepted(new)

        def _accepted(self, new: str) -> PushOutcome:
            self._stands_at(new)
            return PushOutcome(PushState.ACCEPTED)

    return Parts(fence=Rude)


def taking_the_unknown_for_a_failure() -> Parts:
    """A publishing push without an answer fails its item, although it may have landed."""

    class Unread(Fence):
        def read_back(self, new: str, outcome: PushOutcome) -> Steps[PushOutcome]:
            found = yield from super().read_back(new, outcome)
            return outcome if outcome.state is PushState.UNKNOWN else found

    class Final(Workspaces):
        def judged(self, outcome: PushOutcome) -> bool:
            if outcome.state is PushState.UNKNOWN:
                raise WorkspaceError(outcome.words)
            return super().judged(outcome)

    return Parts(fence=Unread, workspaces=Final)


def not_looking_for_the_operation() -> Parts:
    """A status push without an answer is made again, without a look whether it has landed."""

    class Unread(Fence):
        def read_back(self, new: str, outcome: PushOutcome) -> Steps[PushOutcome]:
            found = yield from super().read_back(new, outcome)
            return outcome if outcome.state is PushState.UNKNOWN else found

    class Forgetful(Ledger):
        def landed(self, operation: str, tip: str) -> str | None:
            del operation, tip
            return None

    return Parts(fence=Unread, ledger=Forgetful)


def giving_up_the_lock_for_an_unknown() -> Parts:
    """A push without an answer that did move the lock looks like somebody else's."""

    class Suspicious(Fence):
        def read_back(self, new: str, outcome: PushOutcome) -> Steps[PushOutcome]:
            self._unsure.clear()
            return (yield from super().read_back(new, outcome))

    return Parts(fence=Suspicious)


def releasing_by_deleting() -> Parts:
    """The lock is deleted when a run ends, so that its names come again."""

    class Clean(Fence):
        def release(self) -> Steps[None]:
            self.over = True
            yield from self.link.push({}, Move(LOCK, self.sha, ""))

    return Parts(fence=Clean)


def expiring_by_the_holders_clock() -> Parts:
    """A lock is dead when the time in it is long ago by the reader's time of day."""

    class Dated(Fence):
        def write(self) -> str:
            self.holder = replace(self.holder, since=self.machine.time_of_day().isoformat())
            return super().write()

        def standing(self, seen: Seen, before: float) -> Standing:
            found = super().standing(seen, before)
            if found is not Standing.HELD:
                return found
            age = self.machine.time_of_day() - datetime.fromisoformat(seen.holder.since)
            return Standing.EXPIRED if age.total_seconds() > LEASE else found

    return Parts(fence=Dated)


def never_renewing() -> Parts:
    """There is no sign of life between two pushes of work."""

    class Silent(Fence):
        def beat(self) -> Steps[None]:
            yield IDLE, 0

    return Parts(fence=Silent)


def going_on_without_the_lock() -> Parts:
    """A run that has lost its lock takes the new one as its own."""

    class Deaf(Fence):
        def read_back(self, new: str, outcome: PushOutcome) -> Steps[PushOutcome]:
            try:
                return (yield from super().read_back(new, outcome))
            except LockLost:
                self.why = ""
                self._stands_at(self.link.remote.refs.get(LOCK, ""))
                return outcome

    return Parts(fence=Deaf)


def ignoring_the_holder() -> Parts:
    """A second run begins although somebody holds the lock."""

    class Pushy(Fence):
        def standing(self, seen: Seen, before: float) -> Standing:
            return Standing.EXPIRED if seen.held else super().standing(seen, before)

    return Parts(fence=Pushy)


LOCKING = (
    pushing_without_the_fence,
    fencing_with_a_lock_that_stays,
    pushing_by_force,
    taking_the_unknown_for_a_failure,
    not_looking_for_the_operation,
    giving_up_the_lock_for_an_unknown,
    releasing_by_deleting,
    expiring_by_the_holders_clock,
    never_renewing,
    going_on_without_the_lock,
    ignoring_the_holder,
)
