"""Why an item is stuck, as data."""

from dataclasses import dataclass, replace
from enum import StrEnum

from tasks_lib.backlog.model import ItemId

_LONGEST_CHAIN = 12
"""Longer chains keep their first steps and their root: whole ones would need quadratic memory."""


class Cause(StrEnum):
    """Where a chain of causes ends, in words that follow ``which``."""

    FAILED = "failed"
    BLOCKED = "is blocked"
    WAITING = "waits for approval"
    TRIED = "was tried in this run and is not done"
    UNKNOWN = "depends on an item that does not exist"
    LATER_PHASE = "depends on an item of a later phase"
    CYCLE = "depends on itself"
    PHASE = "cannot end"
    GATE = "has not passed its gate"


@dataclass(frozen=True, slots=True)
class Stuck:
    """An item that cannot start, and the shortest chain of causes.

    ``chain`` leads from the first item that ``item`` waits for down to the root, and is empty when ``item``
    is a root itself; ``left_out`` counts the steps before the root that a long chain does not name.
    ``phase`` is the number of the phase that cannot end, for the causes ``PHASE`` and ``GATE`` only.
    ``detail`` is the root's note, or the id of the dependency that is wrong.
    """

    item: ItemId
    cause: Cause
    chain: tuple[ItemId, ...] = ()
    left_out: int = 0
    phase: int | None = None
    detail: str = ""

    @property
    def root(self) -> ItemId:
        """The item where the trouble begins."""
        return self.chain[-1] if self.chain else self.item

    def __str__(self) -> str:
        """Return a sentence: ``MS-2 waits for MS-1, which failed (lint is red)``."""
        detail = f" ({self.detail})" if self.detail else ""
        if self.phase is not None:
            return f"{self.item} waits for phase {self.phase}, which {self.cause}"
        if not self.chain:
            return f"{self.item} {self.cause}{detail}"
        steps = [str(step) for step in self.chain]
        if self.left_out:
            steps.insert(-1, f"({self.left_out} more)")
        return f"{self.item} waits for {' → '.join(steps)}, which {self.cause}{detail}"

    def reaches(self, item: ItemId) -> "Stuck":
        """Return what this makes of an item that depends on it."""
        chain = (self.item, *self.chain)
        if len(chain) <= _LONGEST_CHAIN:
            return replace(self, item=item, chain=chain)
        return replace(self, item=item, chain=(*chain[:-2], chain[-1]), left_out=self.left_out + 1)
