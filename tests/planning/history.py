"""Histories of a tracking file, made commit by commit: what people and runs write."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tasks_lib.backlog import edit_backlog, parse_backlog
from tasks_lib.backlog.model import Backlog, Item, ItemId
from tasks_lib.planning import entries
from tasks_lib.planning.invariants import PersonsVersion, Snapshot, StatusCommit, violations
from tasks_lib.ports import Edits, Ending, Outcome, Usage

PATH = "docs/tasks.md"
TEXT = """\
# Work

Prose that belongs to people | with a bar.

## Phase 1 - First

| id | status | description | depends_on | blocks | agent | started_at | completed_at | used | notes |
|----|--------|-------------|------------|--------|-------|------------|--------------|------|-------|
| A-1 | not-started | Do one |  | A-2 |  |  |  |  |  |
| A-2 | not-started | Do two | A-1 |  |  |  |  |  |  |
| A-3 | not-started | Do three |  |  |  |  |  |  |  |

## Phase 2 - Second

| id | status | description | depends_on | agent | started_at | completed_at | used |
|----|--------|-------------|------------|-------|------------|--------------|------|
| B-1 | not-started | Do four |  |  |  |  |  |
| B-2 | not-started | Do five | B-1 |  |  |  |  |
"""


@dataclass
class History:
    """A file and what has been committed of it; each commit of a run takes place a minute after the last."""

    data: bytes = TEXT.encode()
    commits: list[StatusCommit | PersonsVersion] = field(default_factory=list)
    now: datetime = datetime(2026, 2, 5, 14, tzinfo=UTC)

    @property
    def backlog(self) -> Backlog:
        return parse_backlog(self.data)

    def person(self, old: str, new: str) -> None:
        """Replace text that must be there; no status commit."""
        assert old.encode() in self.data, old
        self.data = self.data.replace(old.encode(), new.encode(), 1)

    def set(self, item: str, **cells: str) -> None:
        """Write cells as a person."""
        self.data = edit_backlog(self.data, {item: cells}, add_columns=True)

    def push(self) -> None:
        """Make what people wrote so far a version of its own, for runs to see."""
        self.commits.append(PersonsVersion(PATH, Snapshot("100644", self.data)))

    def commit(self, data: bytes, run: str = "one", **more: object) -> None:
        """Commit a version as a run; ``more`` are fields of the status commit."""
        number = len(self.commits)
        values: dict[str, object] = {
            "sha": f"{number:040x}",
            "subject": f"Commit {number}",
            "operation": f"{number:032x}",
            "run": run,
            "parents": 1,
            "paths": (PATH,),
            "path": PATH,
            "before": Snapshot("100644", self.data),
            "after": Snapshot("100644", data),
        }
        self.commits.append(StatusCommit(**{**values, **more}))  # type: ignore[arg-type]  # fields by name
        self.data, self.now = data, self.now + timedelta(minutes=1)

    def write(self, edits: Edits | Mapping[str, Mapping[str, str]], run: str = "one", **more: object) -> None:
        """Write cells as a run."""
        self.commit(edit_backlog(self.data, edits, add_columns=True), run, **more)

    def begin(self, name: str, run: str = "one", **more: object) -> None:
        """Begin an item the way runs do."""
        backlog = self.backlog
        self.write(entries.started(backlog, backlog[name], agent="claude", now=self.now), run, **more)

    def end(self, name: str, ending: Ending = Ending.DONE, *, used: int = 5_000, run: str = "one") -> None:
        """End an item the way runs do."""
        backlog = self.backlog
        outcome = Outcome(ItemId(name), ending, notes="as reported", usage=Usage(output=used))
        self.write(entries.ended(backlog, backlog[name], outcome, now=self.now), run)

    def do(self, *names: str, run: str = "one") -> None:
        """Begin and end items, one after the other."""
        for name in names:
            self.begin(name, run)
            self.end(name, run=run)

    def broken(self, unpublished: Callable[[Item], str] | None = None) -> list[tuple[str, int]]:
        """Return the names of the broken invariants, each with the number of the commit."""
        return [(each.invariant, int(each.sha, 16)) for each in violations(self.commits, unpublished)]
