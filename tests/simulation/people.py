"""People: they edit the file while runs are at work, break and mend it, stop runs, pull plugs."""

from collections.abc import Callable
from dataclasses import replace

from tasks_lib.vcs.push import PushState
from tests.simulation.remote import LOCK, MAIN, Remote, commit
from tests.simulation.text import Hand, soundly
from tests.simulation.world import IDLE, Steps, World

Change = Callable[[bytes], bytes | None]

_KINDS = (
    *("write_prose", "colour", "describe", "note", "set_status", "set_status", "correct"),
    *("untie", "tie", "tie", "reopen", "add", "add", "delete"),
)
_CONFLICT = b"<<<<<<< HEAD\n"


class Person:
    """Somebody with push rights who edits until the end of the day, and mends what they broke."""

    def __init__(self, world: World, remote: Remote, name: str, until: float) -> None:
        self._world = world
        self._remote = remote
        self._name = name
        self._until = until
        self._hand = Hand(world.random)
        self._marks = 0

    def thread(self) -> Steps[None]:
        random = self._world.random
        pause = random.choice((40, 120, 400))
        while self._world.now < self._until:
            yield IDLE, random.uniform(0, 2 * pause)
            if random.random() < 0.06:
                yield from self._break_and_mend()
            else:
                yield from self._edit(random.choice(_KINDS))

    def reopen_all(self) -> Steps[None]:
        """Set back whatever failed or is blocked."""
        yield from self._commit("reopen what failed", self._hand.reopen_all)

    def _edit(self, kind: str) -> Steps[None]:
        """Make an edit on the newest text, and again as long as others are faster."""
        self._marks += 1
        mark = f"~{ord(self._name[0])}{self._marks:03}~"
        edit = getattr(self._hand, kind)
        yield from self._commit(f"{kind} {mark}", lambda text: edit(text, mark) if soundly(text) else text)

    def _break_and_mend(self) -> Steps[None]:
        """Leave a file that nobody can work with for a while."""
        if self._world.random.random() < 0.3:
            kept = yield from self._commit("delete the file", lambda _: None)
            yield IDLE, self._world.random.choice((5, 60, 300))
            yield from self._commit("restore the file", lambda text: text or kept)
        else:
            yield from self._commit(
                "break the file", lambda text: text.replace(b"| A-", _CONFLICT + b"| A-", 1)
            )
            yield IDLE, self._world.random.choice((5, 60, 300))
            yield from self._commit("mend the file", lambda text: text.replace(_CONFLICT, b""))

    def _commit(self, what: str, change: Change) -> Steps[bytes]:
        """Push a change of the newest text; return what was there before. People do not give up."""
        while True:
            while self._world.is_away(self._name):
                yield IDLE, 20
            tip = self._remote.refs[MAIN]
            text = self._remote.commits[tip].text
            if text is None and not what.startswith("restore"):
                yield IDLE, 5
                continue
            new = change(text or b"")
            if new == text:
                return text or b""
            yield IDLE, self._world.random.uniform(0.2, 3)
            made = self._remote.add(commit((tip,), f"{self._name}: {what}", self._world.now, text=new))
            outcome = self._remote.push(self._name, self._world.now, {MAIN: made})
            if outcome.state is PushState.ACCEPTED:
                self._world.say(self._name, what)
                return text or b""


def unlock(world: World, remote: Remote) -> None:
    """Take the lock away from whoever has it, as ``tasks-md unlock --force`` does."""
    old = remote.refs.get(LOCK, "")
    holder = remote.commits[old].holder if old else None
    if holder and not holder.released and not world.is_away("a person"):
        mine = replace(holder, run="unlock", epoch=holder.epoch + 1, released=True)
        new = remote.add(commit((), "Lock", world.now, holder=mine))
        remote.push("unlock", world.now, {LOCK: new})
        world.say("a person", "unlocks by force")
