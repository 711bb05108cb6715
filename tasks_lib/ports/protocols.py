"""What the rooms with walls to the outside promise. Errors named here are those that callers handle."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from tasks_lib.backlog.model import Backlog, Item, ItemId
from tasks_lib.ports.data import (
    Brief,
    Edits,
    Finished,
    Harvest,
    Integrated,
    Shell,
    Verdict,
    Work,
    Workspace,
)
from tasks_lib.ports.leash import Leash
from tasks_lib.ports.spending import Spending

Say = Callable[[str], None]
"""Where progress is told, one line at a time."""


Hear = Callable[[bytes], object]
"""What gets a command's output as it comes, in pieces of any size."""


class Agent(Protocol):
    """The LLM doer of one item."""

    def name(self, item: Item, attempt: int) -> str:
        """Return what stands in the column ``agent`` while it makes that attempt.

        ``claude-opus-5-5``, or ``claude-opus-5-5 (replay)``.
        """

    def probe(self, items: Sequence[Item], say: Say) -> object:
        """Ask once whether the service can be used for these items, before a run starts anything.

        Raise ``AgentError`` when a person has to act (a wrong key, say), ``AgentUnavailable`` when nobody
        answers, ``ConfigError`` for rows that ask for what is not configured.
        """

    def work(self, brief: Brief, workspace: Workspace, say: Say) -> Work:
        """Make one attempt.

        Raise ``AgentUnavailable`` where the service fails, ``AgentError`` where it refuses. Whatever is
        raised carries what was used in its ``usage``.
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

    def harvest(
        self, item: Item, workspace: Workspace, attempt: int = 1, *, finished: bool = False
    ) -> Harvest:
        """Take the branch's commit over, with what ``attempt`` did not commit as a commit on top of it.

        ``finished``: the agent says that it is; its untracked files then stay where they are. Raise
        ``WorkRefused`` when the work must not be taken.
        """

    def publish(self, item: Item, harvest: Harvest, facts: Mapping[str, str]) -> str:
        """Push the branch and merge it into the integration branch; return the pushed commit.

        ``facts`` (``{"Used": "12.3K"}``) become trailers of the merge commit, so that they outlive a crash.

        Raise ``MergeConflict`` when it does not merge, ``RemoteUnavailable`` or ``PushRefused`` as the
        push fails.
        """

    def keep(self, item: Item, harvest: Harvest) -> str:
        """Push work that waits for approval to a branch of its own, which nothing is built on; return it.

        Raise ``PushRefused`` or ``RemoteUnavailable``.
        """

    def kept(self, item: Item, commit: str) -> Harvest | None:
        """Return the kept work whose commit begins so, to be published; None when it is gone."""

    def integrated(self, item: Item) -> Integrated | None:
        """Return what was published of an item when its merge commit is there, else None."""


class Ledger(Protocol):
    """Where the tracking file lives and is written."""

    def read(self) -> Backlog:
        """Return the newest backlog of the remote; raise ``BacklogError`` or ``LedgerError``."""

    def record(self, edit: Callable[[Backlog], Edits], subject: str, item: ItemId | None = None) -> Backlog:
        """Apply an edit, a function of the newest backlog, and push it; return the backlog as pushed."""


class Lock(Protocol):
    """The right to write the tracking file, which one run has at a time."""

    def exclusive(self) -> AbstractContextManager[None]:
        """Be the one writer until the end of the block.

        Raise ``LockHeld`` at once when another run is, ``RemoteUnavailable`` or ``PushRefused`` when the
        lock cannot be had.
        """

    @property
    def token(self) -> str:
        """What another process of the run shows to join; another one each time that the run takes the lock.

        Raise ``LockError`` where the lock is not held.
        """

    def join(self, token: str) -> None:
        """Write with the run that holds the lock, from another process of it; may be asked again as a check.

        Raise ``LockError`` when the run does not hold it (any more), ``LedgerError`` when nobody can tell.
        """

    def check(self) -> None:
        """Raise ``LockLost`` once another run has taken over, ``LockError`` where it is not held."""


class GitHost(Protocol):
    """Issues and pull requests."""

    def issue(self, number: int) -> str:
        """Return title and text of an issue; an empty string where there is no host."""

    def open_pull_request(self, branch: str, title: str, body: str) -> str:
        """Open a pull request, or find the open one; return its address, empty where there is no host."""


class Sandbox(Protocol):
    """What a command of an agent or a gate may see and touch."""

    @property
    def root(self) -> Path | None:
        """Where a command sees its checkout; None where it sees it at its own path."""

    @property
    def home(self) -> Path | None:
        """Where a command sees the HOME that it is given; None where it sees it at its own path."""

    def run(  # noqa: PLR0913  what a command may see, reach and say, each by its name
        self,
        command: str,
        checkout: Path,
        *,
        shell: Shell,
        timeout: float,
        shares: Sequence[Path] = (),
        doors: Mapping[str, Path] = MappingProxyType({}),
        hear: Hear | None = None,
        home: Path | None = None,
    ) -> Finished:
        """Run one shell command in a checkout and end all that it started.

        ``shares`` can be read at their own paths. ``doors`` are services of ours, by variable: the command
        finds the address of a loopback port in it, ``http://127.0.0.1:PORT``, which leads to a unix socket
        outside, network or not. ``hear`` gets all output as it comes; what it raises ends the command and is
        raised here. ``home`` is a directory of ours that the command has as HOME and may write; where
        nothing is confined it can be written too, and HOME is the machine's own.

        Raise ``SandboxMissing`` when the sandbox cannot be had.
        """


@dataclass(frozen=True, slots=True)
class Toolbox:
    """The live adapters of one run; ``label`` says in every report what is not as usual: ``replay``."""

    ledger: Ledger
    workspaces: Workspaces
    agent: Agent
    gates: Gates
    host: GitHost
    lock: Lock
    label: str = ""
    leash: Leash = field(default_factory=Leash)
    spending: Spending = field(default_factory=Spending)
