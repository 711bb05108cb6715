"""What a tracking file says: items, phases, statuses. Plain frozen data without a way back to the text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

DISPLAY_NAMES = {
    "SEC": "security",
    "HIGH": "high priority",
    "CQ": "code quality",
    "TEST": "test coverage",
}
"""What the guide calls its categories; any other category goes by its own letters."""

ID = r"(?<![A-Z0-9-])[A-Z][A-Z0-9]{0,30}(?:-[A-Z][A-Z0-9]{0,30})?-[0-9]{1,18}"
"""An id, also within a text; the bounds keep the search linear."""

_ID = re.compile(ID)


class ItemId(str):
    """An item's name, ``MS-SEC-001`` or ``ACP-001``; equal to the plain string."""

    __slots__ = ()

    @property
    def category(self) -> str:
        """The middle part, ``SEC``; empty for ids of two parts."""
        _, *middle, _ = self.split("-") if self.matches(self) else ("", "")
        return middle[0] if middle else ""

    @property
    def category_name(self) -> str:
        """The category as people say it: ``security``."""
        return DISPLAY_NAMES.get(self.category, self.category)

    @staticmethod
    def matches(text: str) -> bool:
        """Tell whether the text has the form of an id."""
        return _ID.fullmatch(text) is not None


class ItemStatus(StrEnum):
    """What the file says of an item (R3)."""

    NOT_STARTED = "not-started"
    IN_PROGRESS = "in-progress"
    DONE = "done"
    FAILED = "failed"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Item:
    """One row. Figures are tokens; times are UTC; ``line`` counts from 1 in the file it was read from.

    ``phase`` is the number of the item's phase, counted from 1 in file order.
    ``issue`` is the bare number, ``branch`` and ``repo`` are as written, without surrounding marks.
    ``model`` is what a person asks for; nobody writes it.
    """

    id: ItemId
    status: ItemStatus
    description: str
    phase: int
    line: int
    issue: int | None = None
    repo: str = ""
    branch: str = ""
    depends_on: tuple[ItemId, ...] = ()
    blocks: tuple[ItemId, ...] = ()
    agent: str = ""
    started_at: datetime | None = None
    completed_at: datetime | None = None
    estimate: int | None = None
    used: int | None = None
    notes: str = ""
    model: str = ""

    @property
    def done(self) -> bool:
        """Whether nothing is left to do."""
        return self.status is ItemStatus.DONE


@dataclass(frozen=True, slots=True)
class Phase:
    """A heading with its items, in file order; ``number`` counts from 1, ``title`` is without its range."""

    number: int
    title: str
    items: tuple[ItemId, ...]
    line: int = 0


@dataclass(frozen=True, slots=True)
class Backlog:
    """The whole file: items in file order, and the phases that hold them."""

    items: tuple[Item, ...]
    phases: tuple[Phase, ...]
    _by_id: dict[ItemId, Item] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the items; an id is known to be unique by then."""
        object.__setattr__(self, "_by_id", {item.id: item for item in self.items})

    def __getitem__(self, item_id: str) -> Item:
        """Return the item of that id; a ``KeyError`` when there is none."""
        return self._by_id[ItemId(item_id)]

    def __contains__(self, item_id: object) -> bool:
        return item_id in self._by_id

    def __iter__(self) -> Iterator[Item]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def phase(self, number: int) -> tuple[Item, ...]:
        """Return the items of one phase, in file order."""
        return tuple(self[item_id] for item_id in self.phases[number - 1].items)

    @property
    def finished(self) -> bool:
        """Whether every item is done."""
        return all(item.done for item in self.items)
