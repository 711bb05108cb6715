"""A status commit, and a row that it changed, with all that is needed to judge it."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from tasks_lib.backlog.model import Backlog, Item, ItemStatus

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
class PersonsVersion:
    """The tracking file at ``path`` as a person's commit left it: nobody judges it, but runs may see it."""

    path: str
    snapshot: Snapshot


@dataclass(frozen=True, slots=True)
class Begun:
    """What status commits have written of an item since they last began it.

    ``run`` is the run that is at it; ``left`` has the value that they left in each planned column; ``used``
    is the figure that they wrote, None before they did.
    """

    run: str
    left: Mapping[str, object]
    used: int | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A row that a status commit changed.

    ``backlog`` is the parent's; ``over`` are the phases that this run may have seen done; ``run`` made the
    commit, and ``heir`` took an item over from it before, None when no run did; ``begun`` is what went
    before, None when the item was never begun; ``unpublished`` says what is missing on the remote of an item
    that turns done here.
    """

    before: Item
    after: Item
    backlog: Backlog
    over: AbstractSet[int]
    run: str
    heir: str | None
    begun: Begun | None
    unpublished: str

    @property
    def begins(self) -> bool:
        """Whether the commit begins the item: anew, or once more after a run that died."""
        now, then = self.after, self.before
        same = (now.status, now.started_at, now.agent) == (then.status, then.started_at, then.agent)
        return now.status is ItemStatus.IN_PROGRESS and not same

    @property
    def takes_over(self) -> bool:
        """Whether the commit goes on with an item that another run was at: that one must be dead by now.

        Its beginning is not always seen: where it changes no cell, as within one second, it is no commit.
        """
        other = self.begun is not None and self.begun.run != self.run
        return other and self.before.status is ItemStatus.IN_PROGRESS

    @property
    def columns(self) -> tuple[str, ...]:
        """The planned columns whose values differ."""
        return tuple(
            column for column in PLANNED if getattr(self.before, column) != getattr(self.after, column)
        )
