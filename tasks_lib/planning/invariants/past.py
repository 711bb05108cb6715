"""What a history says up to a commit: read version by version, remembered as far as the rules need it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from tasks_lib.backlog import parse_backlog
from tasks_lib.backlog.model import Backlog, Item, ItemId
from tasks_lib.errors import BacklogError
from tasks_lib.planning.invariants.commits import (
    PLANNED,
    REGULAR,
    Begun,
    Change,
    PersonsVersion,
    Snapshot,
    StatusCommit,
)


@dataclass(frozen=True, slots=True)
class Reading:
    """A version of the file, read; ``fault`` is the first thing that is wrong where it cannot be."""

    backlog: Backlog | None
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """A status commit with both versions read; ``twin`` is an earlier commit of the same operation."""

    commit: StatusCommit
    twin: str
    before: Reading
    after: Reading
    changes: tuple[Change, ...]


@dataclass
class _PhasesOver:
    """The phases that were done at some moment since the run before the present one made its last commit.

    A run opens no phase again that was over, whatever people add to it later.
    """

    run: str = ""
    over: set[int] = field(default_factory=set)
    last: set[int] = field(default_factory=set)
    passed: set[int] = field(default_factory=set)

    def pass_by(self, backlog: Backlog) -> None:
        """Look at what a person made of the file; the run whose commit comes next may have seen it."""
        self.passed |= _over(backlog)

    def enter(self, run: str, backlog: Backlog) -> None:
        """Look at the parent of a run's commit."""
        if run != self.run:
            self.run, self.over = run, set(self.last)
        self.over |= self.passed | _over(backlog)
        self.passed = set()

    def leave(self, backlog: Backlog) -> None:
        """Look at the commit itself."""
        self.last = _over(backlog)
        self.over |= self.last


def _over(backlog: Backlog) -> set[int]:
    return {phase.number for phase in backlog.phases} - {item.phase for item in backlog if not item.done}


@dataclass
class Past:
    """What the status commits so far have done; ``unpublished`` is asked about items that turn done."""

    unpublished: Callable[[Item], str]
    _operations: dict[str, str] = field(default_factory=dict)
    _begun: dict[tuple[str, ItemId], Begun] = field(default_factory=dict)
    _heirs: dict[tuple[str, str], str] = field(default_factory=dict)
    _phases: dict[str, _PhasesOver] = field(default_factory=dict)

    def see(self, version: PersonsVersion) -> None:
        """Remember what was over in a person's version; one that cannot be read tells nothing."""
        backlog = _reading(version.snapshot).backlog
        if backlog:
            self._phases.setdefault(version.path, _PhasesOver()).pass_by(backlog)

    def step(self, commit: StatusCommit) -> Step:
        """Return the commit as the next step of this history, and remember it."""
        before, after = _reading(commit.before), _reading(commit.after)
        twin = self._operations.setdefault(commit.operation, commit.sha)
        changes: tuple[Change, ...] = ()
        if before.backlog and after.backlog:
            phases = self._phases.setdefault(commit.path, _PhasesOver())
            phases.enter(commit.run, before.backlog)
            changes = tuple(self._changes(commit, before.backlog, after.backlog))
            phases.leave(after.backlog)
        for change in changes:
            self._remember(change, commit.path)
        return Step(commit, "" if twin == commit.sha else twin, before, after, changes)

    def _changes(self, commit: StatusCommit, before: Backlog, after: Backlog) -> Iterator[Change]:
        over = frozenset(self._phases[commit.path].over)
        for new in after:
            if new.id not in before or before[new.id] == new:
                continue
            old = before[new.id]
            missing = self.unpublished(new) if new.done and not old.done else ""
            begun, heir = self._begun.get((commit.path, new.id)), self._heirs.get((commit.path, commit.run))
            change = Change(old, new, before, over, commit.run, heir, begun, missing)
            if change.columns:
                yield change

    def _remember(self, change: Change, path: str) -> None:
        key, row, begun = (path, change.after.id), change.after, change.begun
        if begun and change.takes_over and (change.begins or change.heir is None):
            self._heirs[path, begun.run] = change.run
        if change.begins:
            self._heirs.pop((path, change.run), None)
            self._begun[key] = Begun(change.run, {column: getattr(row, column) for column in PLANNED})
        elif begun:
            # What a person wrote into another cell meanwhile stays theirs.
            written = {column: getattr(row, column) for column in change.columns}
            run = change.run if change.heir is None else begun.run
            self._begun[key] = Begun(run, {**begun.left, **written}, written.get("used", begun.used))


def _reading(snapshot: Snapshot | None) -> Reading:
    return _read(snapshot.data) if snapshot and snapshot.mode == REGULAR else Reading(None)


@lru_cache(maxsize=2)  # a commit's version is mostly the next one's parent
def _read(data: bytes) -> Reading:
    try:
        return Reading(parse_backlog(data))
    except BacklogError as error:
        return Reading(None, str(error.problems[0]))
