"""A status commit as it is judged: what it changed, and what the history before it says of that."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from tasks_lib.backlog import parse_backlog
from tasks_lib.backlog.model import Backlog, Item, ItemId, ItemStatus
from tasks_lib.errors import BacklogError

PLANNED = ("status", "agent", "started_at", "completed_at", "used", "notes")
"""The columns that a run writes; all others, and all other text, are people's."""

REGULAR = "100644"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The tracking file in one commit: its mode as git writes it (``100644``), and its bytes."""

    mode: str
    data: bytes


@dataclass(frozen=True, slots=True)
class StatusCommit:
    """A commit of the orchestrator, told by its trailer ``Operation``.

    ``run`` is the trailer ``Run``; ``parents`` counts them; ``paths`` are all files that differ from the
    parent, ``path`` the one that is a tracking file; ``before`` and ``after`` are this file in parent and
    commit, None where it is not there or there is no single parent.
    """

    sha: str
    subject: str
    operation: str
    run: str
    parents: int
    paths: tuple[str, ...] = ()
    path: str = ""
    before: Snapshot | None = None
    after: Snapshot | None = None


@dataclass(frozen=True, slots=True)
class Begun:
    """What status commits have written of an item since they last began it.

    ``run`` is the run that began it; ``left`` has the value that they left in each planned column; ``used``
    is the figure that they wrote, None before they did.
    """

    run: str
    left: Mapping[str, object]
    used: int | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A row that a status commit changed.

    ``backlog`` is the parent's; ``run`` made the commit; ``begun`` is what went before, None when the item
    was never begun; ``unpublished`` says what is missing on the remote of an item that turns done here.
    """

    before: Item
    after: Item
    backlog: Backlog
    run: str
    begun: Begun | None
    unpublished: str

    @property
    def begins(self) -> bool:
        """Whether the commit begins the item: anew, or once more after a run that died."""
        now, then = self.after, self.before
        same = (now.status, now.started_at, now.agent) == (then.status, then.started_at, then.agent)
        return now.status is ItemStatus.IN_PROGRESS and not same

    @property
    def columns(self) -> tuple[str, ...]:
        """The planned columns whose values differ."""
        return tuple(
            column for column in PLANNED if getattr(self.before, column) != getattr(self.after, column)
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
class Past:
    """What the status commits so far have done; ``unpublished`` is asked about items that turn done."""

    unpublished: Callable[[Item], str]
    operations: dict[str, str] = field(default_factory=dict)
    begun: dict[tuple[str, ItemId], Begun] = field(default_factory=dict)

    def step(self, commit: StatusCommit) -> Step:
        """Return the commit as the next step of this history, and remember it."""
        before, after = _reading(commit.before), _reading(commit.after)
        changes = tuple(self._changes(commit, before.backlog, after.backlog))
        twin = self.operations.setdefault(commit.operation, commit.sha)
        for change in changes:
            self._remember(change, commit.path)
        return Step(commit, "" if twin == commit.sha else twin, before, after, changes)

    def _changes(
        self, commit: StatusCommit, before: Backlog | None, after: Backlog | None
    ) -> Iterator[Change]:
        if before is None or after is None:
            return
        for new in after:
            if new.id not in before or before[new.id] == new:
                continue
            old = before[new.id]
            missing = self.unpublished(new) if new.done and not old.done else ""
            yield Change(old, new, before, commit.run, self.begun.get((commit.path, new.id)), missing)

    def _remember(self, change: Change, path: str) -> None:
        key, row = (path, change.after.id), change.after
        if change.begins:
            self.begun[key] = Begun(change.run, {column: getattr(row, column) for column in PLANNED})
        elif change.begun:
            # What a person wrote into another cell meanwhile stays theirs.
            written = {column: getattr(row, column) for column in change.columns}
            used = row.used if "used" in written else change.begun.used
            self.begun[key] = Begun(change.begun.run, {**change.begun.left, **written}, used)


def _reading(snapshot: Snapshot | None) -> Reading:
    return _read(snapshot.data) if snapshot and snapshot.mode == REGULAR else Reading(None)


@lru_cache(maxsize=2)  # a commit's version is mostly the next one's parent
def _read(data: bytes) -> Reading:
    try:
        return Reading(parse_backlog(data))
    except BacklogError as error:
        return Reading(None, str(error.problems[0]))
