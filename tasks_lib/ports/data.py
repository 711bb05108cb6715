"""The plain data that crosses the walls: frozen, picklable, holding no live thing."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from tasks_lib.backlog.model import Item, ItemId
from tasks_lib.usage import Usage

Edits = Mapping[ItemId, Mapping[str, str]]
"""Cells to write: item, then column, then the new value as text."""


class ClaimStatus(StrEnum):
    """What an agent may say of its own work."""

    SUCCESS = "success"
    FAILED = "failed"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Claim:
    """The agent's own words: the JSON block of the guide. Believed by nobody."""

    item: ItemId
    status: ClaimStatus
    commit: str = ""
    used: str = ""
    notes: str = ""


class Cause(StrEnum):
    """What ended an attempt that its agent did not end itself."""

    LIMIT = "limit"
    REFUSAL = "refusal"
    CONTEXT = "context"
    NO_RESULT = "no result"
    STALL = "stall"


@dataclass(frozen=True, slots=True)
class Work:
    """What an agent's attempt left behind besides commits; ``claim`` is None when it made none.

    ``stopped`` says why the attempt was ended for the agent (a limit, a refusal), with its kind in ``cause``;
    empty when it ended itself. ``usage`` counts what tries of this attempt had cost that the service cut off.
    """

    claim: Claim | None
    usage: Usage
    transcript: Path | None = None
    stopped: str = ""
    cause: Cause | None = None


@dataclass(frozen=True, slots=True)
class Workspace:
    """A checkout for one item's attempts.

    ``path`` is the checkout on this machine; ``base`` the commit that its branch started from (a full sha);
    ``directory`` the item's repo inside the checkout, ``apps/api``; ``shares`` are paths outside of it that
    its commands must be able to read (the objects that its clone borrows); ``home`` is what its commands have
    as HOME, None for an empty one; ``made`` are paths that the set-up made, which are no work; ``doors`` lead
    its commands to the hosts that the repo's configuration lists, by variable.
    """

    path: Path
    branch: str
    base: str
    directory: str = "."
    shares: tuple[Path, ...] = ()
    home: Path | None = None
    made: tuple[str, ...] = ()
    doors: Mapping[str, Path] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shell:
    """Where a shell stands between two commands: its directory, relative to the checkout, and its exports."""

    directory: str = "."
    exports: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finished:
    """A command that has ended.

    ``output`` is stdout and stderr as they came, clipped in the middle to 30,000 characters; ``shell`` is
    what the next command starts from; ``seconds`` is wall time.
    """

    exit_code: int
    output: str
    timed_out: bool = False
    seconds: float = 0.0
    shell: Shell = field(default_factory=Shell)


@dataclass(frozen=True, slots=True)
class Brief:
    """What an agent is told of one attempt.

    ``feedback``: the words of what refused the attempt before; ``issue``: title and text of the item's issue;
    ``spent``: what earlier attempts of this item used; ``note``: the words of the person who asked for it to
    be tried once more.
    """

    item: Item
    attempt: int
    attempts: int
    feedback: str = ""
    issue: str = ""
    spent: Usage = field(default_factory=Usage)
    note: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a gate found; ``output`` is clipped, ``seconds`` is wall time.

    ``remark`` is what to know of it: ``passed on the second run (flaky)``; ``log`` is a file with its whole
    output; ``flags`` are what a person may want to see first, as those of a ``Harvest``.
    """

    gate: str
    passed: bool
    output: str = ""
    seconds: float = 0.0
    remark: str = ""
    log: Path | None = None
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Harvest:
    """An agent's commit, taken over into our own clone and checked there.

    ``base`` is the commit that the diff is judged against; ``flags`` is what in the diff a person may want
    to see first, one line of words each (``changes CI: .github/workflows/ci.yml``).
    """

    commit: str
    branch: str
    files: tuple[str, ...] = ()
    summary: str = ""
    base: str = ""
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Integrated:
    """An item's work as the integration branch holds it: its commit, and the facts of its merge commit.

    ``base`` is what it was merged into.
    """

    commit: str
    facts: Mapping[str, str] = field(default_factory=dict)
    base: str = ""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try and what became of it. ``refusal`` is empty when the work was taken."""

    number: int
    work: Work
    verdicts: tuple[Verdict, ...] = ()
    harvest: Harvest | None = None
    refusal: str = ""

    @property
    def accepted(self) -> bool:
        """Whether commit, gates and merge were all as they must be."""
        return self.harvest is not None and not self.refusal

    def refused(self, why: str) -> "Attempt":
        """Return this attempt with the reason that it does not count."""
        return replace(self, refusal=why)


class Ending(StrEnum):
    """How the work on an item ended.

    ``GIVEN_BACK``: for reasons that are not the item's own (the run was ended, the service refuses), so that
    its row is set back to not-started. ``CHANGED``: a person changed the row; nothing is written over it.
    ``WAITING``: a person is asked; the row is blocked until they have decided.
    """

    DONE = "done"
    FAILED = "failed"
    BLOCKED = "blocked"
    GIVEN_BACK = "given back"
    CHANGED = "changed"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an item ended: what is written into its row, and what a person reads first.

    ``row`` is the item as the run wrote it last, as long as the remote has not taken the ending.
    """

    item: ItemId
    ending: Ending
    notes: str = ""
    commit: str = ""
    usage: Usage = field(default_factory=Usage)
    attempts: int = 0
    pull_request: str = ""
    row: Item | None = None
