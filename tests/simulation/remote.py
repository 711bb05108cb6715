"""A remote in memory: commits, refs, and pushes that happen as a whole or not at all."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256

from tasks_lib.vcs.lock.holder import Holder
from tasks_lib.vcs.push import Move, PushOutcome, PushState

MAIN, INTEGRATION, LOCK = "main", "integration", "refs/tasks-md/lock"


@dataclass(frozen=True, eq=False)
class Commit:
    """A commit; which fields have a value tells what kind it is.

    ``text`` is the tracking file, None where it is deleted; ``operation`` marks a status commit, ``item`` a
    merge into the integration branch, ``holder`` a lock.
    """

    parents: tuple[str, ...] = ()
    subject: str = ""
    time: float = 0.0
    text: bytes | None = None
    operation: str = ""
    run: str = ""
    item: str = ""
    holder: Holder | None = None
    sha: str = ""


def commit(parents: tuple[str, ...], subject: str, time: float, **more: object) -> Commit:
    """Return a commit under the name that follows from what it says, as git's do."""
    made = replace(Commit(parents, subject, time), **more)  # type: ignore[arg-type]  # fields by name
    return replace(made, sha=sha256(repr(made).encode()).hexdigest()[:12])


@dataclass(frozen=True, slots=True)
class Landing:
    """A push that the remote took, and the refs as they were before and are after it."""

    time: float
    who: str
    before: Mapping[str, str]
    after: Mapping[str, str]

    def moved(self, ref: str) -> bool:
        return self.before.get(ref, "") != self.after.get(ref, "")


@dataclass
class Remote:
    """What everybody shares."""

    commits: dict[str, Commit] = field(default_factory=dict)
    refs: dict[str, str] = field(default_factory=dict)
    landings: list[Landing] = field(default_factory=list)

    def add(self, made: Commit) -> str:
        """Store an object. Objects that no ref leads to do no harm, so that everybody may do it early."""
        self.commits[made.sha] = made
        return made.sha

    def push(
        self,
        who: str,
        now: float,
        updates: Mapping[str, str],
        move: Move | None = None,
        *,
        force: bool = False,
    ) -> PushOutcome:
        """Move refs forward, all or none, and only together with the fence."""
        # As git does it: a move to where the ref is already is no move, and not looked at.
        if move and move.old != move.new and self.refs.get(move.ref, "") != move.old:
            return PushOutcome(PushState.LOST, "stale info")
        for ref, new in updates.items():
            old = self.refs.get(ref)
            if old and not force and not self.is_ancestor(old, new):
                return PushOutcome(PushState.LOST, "fetch first")
        before = dict(self.refs)
        self.refs.update(updates)
        if move and move.new:
            self.refs[move.ref] = move.new
        elif move:
            self.refs.pop(move.ref, None)
        self.landings.append(Landing(now, who, before, dict(self.refs)))
        return PushOutcome(PushState.ACCEPTED)

    def is_ancestor(self, old: str, new: str) -> bool:
        """Tell whether one commit is in the history of the other, or the same."""
        seen, ahead = {new}, [new]
        for each in ahead:
            if each == old:
                return True
            fresh = [parent for parent in self.commits[each].parents if parent not in seen]
            seen.update(fresh)
            ahead += fresh
        return False

    def line(self, tip: str) -> Iterator[Commit]:
        """Yield a commit and its first parents, newest first."""
        while tip:
            found = self.commits[tip]
            yield found
            tip = found.parents[0] if found.parents else ""
