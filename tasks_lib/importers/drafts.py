"""Rows before they have ids of ours, and what could not be carried over."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from tasks_lib.backlog.model import ItemStatus

Files = Mapping[str, str]
"""What an importer gets: each file's name with its text, in the order of the names."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A row that is to be. ``key`` is its id in the source, ``depends_on`` holds such keys.

    ``phase`` is the title of its phase, empty where the source knows none; times are as written there.
    """

    key: str
    description: str
    status: ItemStatus = ItemStatus.NOT_STARTED
    phase: str = ""
    depends_on: tuple[str, ...] = ()
    issue: str = ""
    completed_at: str = ""
    notes: str = ""


@dataclass(frozen=True, slots=True)
class Imported:
    """All drafts of a source; ``losses`` maps what was not carried over to the keys that it concerns."""

    drafts: tuple[Draft, ...]
    losses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class Losses:
    """Collects what is not carried over, while a source is read."""

    def __init__(self) -> None:
        self._keys: dict[str, dict[str, None]] = {}

    def note(self, what: str, key: str) -> None:
        """Remember that ``what`` of the item ``key`` is lost."""
        self._keys.setdefault(what, {})[key] = None

    def fields(self, key: str, values: Mapping[str, object], carried: Collection[str]) -> None:
        """Remember those of the fields that hold something and are not among the carried ones."""
        for name, value in values.items():
            if name not in carried and value not in (None, "", [], {}, ()):
                self.note(name, key)

    def found(self) -> Mapping[str, tuple[str, ...]]:
        """Return everything noted."""
        return {what: tuple(keys) for what, keys in self._keys.items()}


def one_line(*parts: str) -> str:
    """Join the parts that say something into one line, ``title: description``."""
    lines = [" ".join(part.split()) for part in parts]
    return ": ".join(dict.fromkeys(line for line in lines if line))
