"""A machine's way to the remote, on which questions and answers get lost, and pushes land late."""

from collections.abc import Mapping

from tasks_lib.errors import RemoteUnavailable
from tasks_lib.vcs.push import Move, PushOutcome, PushState
from tests.simulation.remote import Remote
from tests.simulation.world import Outage, Process, Steps, World

LATE = 200.0
"""Seconds after which, at the latest, a push lands whose sender has given it up."""

_GONE = PushOutcome(PushState.UNKNOWN, "the remote end hung up unexpectedly")


class Link:
    """What one process sees of the remote."""

    def __init__(self, world: World, remote: Remote, process: Process) -> None:
        self._world = world
        self.remote = remote
        self.who = process.name
        self._where = process.machine

    def fetch(self) -> Steps[Mapping[str, str]]:
        """Return the refs as they are; by the time that the caller reads them they may be old."""
        yield "fetches", 0.2 * self._world.distance
        if self._world.is_away(self._where) or self._world.likely(0.005):
            raise RemoteUnavailable("the remote does not answer")
        refs = dict(self.remote.refs)
        yield "has fetched", 0.2 * self._world.distance
        return refs

    def push(self, updates: Mapping[str, str], move: Move | None = None) -> Steps[PushOutcome]:
        """Push as git does: what the answer says, if there is one, is true."""
        names = ", ".join([*updates, *([move.ref] if move else [])])
        yield f"pushes {names}", 0.3 * self._world.distance
        if self._world.is_away(self._where) or self._world.likely(0.01):
            return _GONE
        if self._world.likely(0.01):
            self._world.start(f"late push of {self.who}", self._land(updates, move))
            return _GONE
        outcome = self._deliver(updates, move)
        self._world.say(self.who, f"push of {names}: {outcome.state}")
        yield "waits for the answer", 0.2 * self._world.distance
        return self._lost() if self._world.likely(0.02) else outcome

    def _lost(self) -> PushOutcome:
        """Lose the answer, and now and then the remote with it."""
        if self._world.likely(0.3):
            now = self._world.now
            self._world.away.append(Outage(now, now + self._world.random.choice((20, 70, 300))))
        return _GONE

    def _land(self, updates: Mapping[str, str], move: Move | None) -> Steps[None]:
        yield "", self._world.random.uniform(0, LATE)
        outcome = self._deliver(updates, move)
        self._world.say(self.who, f"late push of {', '.join(updates) or 'the lock'}: {outcome.state}")

    def _deliver(self, updates: Mapping[str, str], move: Move | None) -> PushOutcome:
        return self.remote.push(self.who, self._world.now, updates, move)
