"""Which column of a table is which: by the header's name, in any order, case and common spelling."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

COLUMNS = (
    "id",
    "status",
    "description",
    "issue",
    "repo",
    "branch",
    "depends_on",
    "blocks",
    "agent",
    "started_at",
    "completed_at",
    "estimate",
    "used",
    "notes",
)
"""The columns of an item, in the order of the guide."""

PHASE = "phase"
"""A column that is read when it is there: the phase of a row."""

MODEL = "model"
"""Another one: the model that a person asks for."""

SYNONYMS = {
    "id": ("Task ID", "Item ID", "Ticket", "Ticket ID", "Key", "Identifier", "Ref"),
    "status": ("State", "Progress", "Current state"),
    "description": ("Desc", "Title", "Summary", "What", "What to do", "Details", "Name", "Goal"),
    "issue": ("Issues", "Issue #", "Issue No", "Issue number", "GitHub issue", "Gitea issue", "GH issue"),
    "repo": ("Repository", "Repos", "Workspace", "Package", "App", "Module", "Component"),
    "branch": ("Git branch", "Branch name", "Feature branch"),
    "depends_on": (
        "Depends",
        "Dependency",
        "Dependencies",
        "Deps",
        "Dep",
        "Blocked by",
        "Requires",
        "Needs",
        "After",
        "Prerequisites",
        "Prereqs",
    ),
    "blocks": ("Blocking", "Unblocks", "Required by", "Needed by", "Dependents", "Blocks on done"),
    "agent": ("Assignee", "Assigned", "Assigned to", "Owner", "Worker", "Who", "Executor"),
    "started_at": ("Started", "Start", "Started on", "Start time", "Start date", "Begun"),
    "completed_at": ("Completed", "Finished", "Finished at", "Done at", "Ended at", "End time", "End date"),
    "estimate": (
        "Est",
        "Estimated",
        "Estimates",
        "Token estimate",
        "Estimated tokens",
        "Est tokens",
        "Budget",
    ),
    "used": ("Actual", "Tokens used", "Used tokens", "Actual tokens", "Spent", "Token usage", "Usage"),
    "notes": ("Note", "Comment", "Comments", "Remarks", "Remark"),
    MODEL: ("LLM model", "Agent model"),
    PHASE: ("Phases", "Stage", "Milestone"),
}
"""Other names under which a column is known; compared without case, spaces and punctuation."""

MOST_COLUMNS = 200
"""How many columns a table of items may have, so that no file takes unbounded time."""

_EITHER = frozenset({"task", "item", "workitem", "story"})
"""Names that mean the id in a table without one, and the description otherwise."""

_WORK = frozenset({"description", "issue", "repo", "branch", "depends_on", "blocks", "estimate"})
_PUNCTUATION = re.compile(r"[\W_]+")


def _key(name: str) -> str:
    return _PUNCTUATION.sub("", name).casefold()


_CANONICAL = {_key(name): name for name in (*COLUMNS, MODEL, PHASE)}
_OTHERS = {_key(other): name for name, others in SYNONYMS.items() for other in others}


@dataclass(frozen=True, slots=True)
class Header:
    """A table's header: its names as written, and ``index`` from column to position.

    ``repeated`` are positions whose column an earlier position already holds.
    """

    names: tuple[str, ...]
    index: dict[str, int]
    repeated: tuple[int, ...]

    @property
    def holds_items(self) -> bool:
        """Whether the table lists items: it has an id, a status and a column that tells of work."""
        if len(self.names) > MOST_COLUMNS or "id" not in self.index or "status" not in self.index:
            return False
        return not _WORK.isdisjoint(self.index)

    @property
    def lacks_status(self) -> bool:
        """Whether the table would list items if only it had a status."""
        return "id" in self.index and "status" not in self.index and len(_WORK & self.index.keys()) > 1

    def find(self, name: str) -> int | None:
        """Return the position of a column, by its name in the guide, as written, or any other spelling."""
        if name in self.index:
            return self.index[name]
        key = _key(name)
        column = _CANONICAL.get(key) or _OTHERS.get(key)
        if column in self.index:
            return self.index[column]
        return next((place for place, written in enumerate(self.names) if _key(written) == key), None)


def read_header(names: Sequence[str]) -> Header:
    """Map a header's names to columns: the guide's own names first, then the other spellings."""
    keys = [_key(name) for name in names]
    index: dict[str, int] = {}
    repeated = []
    for place, key in enumerate(keys):
        if key in _CANONICAL and index.setdefault(_CANONICAL[key], place) != place:
            repeated.append(place)
    for place, key in enumerate(keys):
        if key in _OTHERS:
            index.setdefault(_OTHERS[key], place)
    for place, key in enumerate(keys):
        if key in _EITHER:
            index.setdefault("description" if "id" in index else "id", place)
    return Header(tuple(names), index, tuple(repeated))
