"""What the rooms with walls to the outside promise, and the plain data that crosses them.

The pure rooms know nothing else of agents, gates, git and hosts. Every dataclass here is frozen, picklable
and holds no live thing.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from tasks_lib.backlog.model import Backlog, Item, ItemId

Edits = Mapping[ItemId, Mapping[str, str]]
"""Cells to write: item, then column, then the new value as text."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What a model's service metered, in tokens; ``cost`` in US dollars; ``requests`` counts the turns."""

    input: int = 0
    cache_write: int = 0
    cache_read: int = 0
    output: int = 0
    cost: float = 0.0
    requests: int = 0

    @property
    def used(self) -> int:
        """Fresh tokens: what the column ``used`` holds. Cache reads are left out, as in estimates."""
        return self.input + self.cache_write + self.output

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.input + other.input,
            self.cache_write + other.cache_write,
            self.cache_read + other.cache_read,
            self.output + other.output,
            self.cost + other.cost,
            self.requests + other.requests,
        )


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


@dataclass(frozen=True, slots=True)
class Work:
    """What an agent's attempt left behind besides commits; ``claim`` is None when it made none.

    ``stopped`` says why the attempt was ended for the agent (a limit, a refusal); empty when it ended itself.
    """

    claim: Claim | None
    usage: Usage
    transcript: Path | None = None
    stopped: str = ""


@dataclass(frozen=True, slots=True)
class Workspace:
    """A checkout for one item's attempts.

    ``path`` is the checkout on this machine; ``base`` the commit that its branch started from (a full sha);
    ``directory`` the item's repo inside the checkout, ``apps/api``; ``shares`` are paths outside of it that
    its commands must be able to read (the objects that its clone borrows).
    """

    path: Path
    branch: str
    base: str
    directory: str = "."
    shares: tuple[Path, ...] = ()


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


class Sandbox(Protocol):
    """What a command of an agent or a gate may see and touch."""

    @property
    def root(self) -> Path | None:
        """Where a command sees its checkout; None where it sees it at its own path."""

    def run(
        self, command: str, checkout: Path, *, shell: Shell, timeout: float, shares: Sequence[Path] = ()
    ) -> Finished:
        """Run one shell command in a checkout and end all that it started.

        Raise ``SandboxMissing`` when the sandbox cannot be had.
        """


@dataclass(frozen=True, slots=True)
class Brief:
    """What an agent is told of one attempt.

    ``feedback``: the words of what refused the attempt before; ``issue``: title and text of the item's issue;
    ``spent``: what earlier attempts of this item used.
    """

    item: Item
    attempt: int
    attempts: int
    feedback: str = ""
    issue: str = ""
    spent: Usage = field(default_factory=Usage)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a gate found; ``output`` is clipped, ``seconds`` is wall time."""

    gate: str
    passed: bool
    output: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Harvest:
    """An agent's commit, taken over into our own clone and checked there."""

    commit: str
    branch: str
    files: tuple[str, ...] = ()
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Integrated:
    """An item's work as the integration branch holds it: its commit, and the facts of its merge commit."""

    commit: str
    facts: Mapping[str, str] = field(default_factory=dict)


Say = Callable[[str], None]
"""Where progress is told, one line at a time."""


class Agent(Protocol):
    """The LLM doer of one item."""

    @property
    def name(self) -> str:
        """What stands in the column ``agent``: ``claude-opus-5-5``, or ``claude-opus-5-5 (replay)``."""

    def probe(self, say: Say) -> object:
        """Ask once whether the service can be used, before a run starts anything.

        Raise ``AgentError`` when a person has to act (a wrong key, say), ``AgentUnavailable`` when nobody
        answers.
        """

    def work(self, brief: Brief, workspace: Workspace, say: Say) -> Work:
        """Make one attempt.

        Raise ``AgentUnavailable`` where the service fails, ``AgentError`` where it refuses.
        """


class Gates(Protocol):
    """The quality checks."""

    def check_item(self, item: Item, harvest: Harvest) -> Sequence[Verdict]:
        """Run the gates of the item's repo on a throw-away checkout of that commit, all of them."""

    def check_phase(self, number: int, *, last: bool) -> Sequence[Verdict]:
        """Run the gates of a phase on the integrated result; the last phase's also runs the final gates."""


class Workspaces(Protocol):
    """Checkouts for agents, and the way of their commits back."""

    def open(self, item: Item) -> AbstractContextManager[Workspace]:
        """Check out the item's branch (new from the integration branch, or its own with that merged in)."""

    def harvest(self, item: Item, workspace: Workspace) -> Harvest:
        """Take the branch's commit over; raise ``WorkRefused`` when it must not be taken."""

    def publish(self, item: Item, harvest: Harvest, facts: Mapping[str, str]) -> str:
        """Push the branch and merge it into the integration branch; return the pushed commit.

        ``facts`` (``{"Used": "12.3K"}``) become trailers of the merge commit, so that they outlive a crash.

        Raise ``MergeConflict`` when it does not merge, ``RemoteUnavailable`` or ``PushRefused`` as the
        push fails.
        """

    def integrated(self, item: Item) -> "Integrated | None":
        """Return what was published of an item when its merge commit is there, else None."""


class Ledger(Protocol):
    """Where the tracking file lives and is written."""

    def read(self) -> Backlog:
        """Return the newest backlog of the remote; raise ``BacklogError`` or ``LedgerError``."""

    def record(self, edit: Callable[[Backlog], Edits], subject: str, item: ItemId | None = None) -> Backlog:
        """Apply an edit, a function of the newest backlog, and push it; return the backlog as pushed."""


class GitHost(Protocol):
    """Issues and pull requests."""

    def issue(self, number: int) -> str:
        """Return title and text of an issue; an empty string where there is no host."""

    def open_pull_request(self, branch: str, title: str, body: str) -> str:
        """Open a pull request, or find the open one; return its address, empty where there is no host."""


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
    """How the work on an item ended."""

    DONE = "done"
    FAILED = "failed"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an item ended: what is written into its row, and what a person reads first."""

    item: ItemId
    ending: Ending
    notes: str = ""
    commit: str = ""
    usage: Usage = field(default_factory=Usage)
    attempts: int = 0
    pull_request: str = ""


@dataclass(frozen=True, slots=True)
class Toolbox:
    """The live adapters of one run; ``label`` marks figures that were not measured on a real model."""

    ledger: Ledger
    workspaces: Workspaces
    agent: Agent
    gates: Gates
    host: GitHost
    label: str = ""
