"""Every error of the product, in one tree.

::

    TasksMdError
    ├── BacklogError          the tracking file cannot be run as it is; lists every problem
    │   └── MissingColumn     an edit names a column that the table lacks
    ├── CellConflict          two sides gave one cell different values
    ├── ConfigError           the configuration cannot be used
    ├── LedgerError           the tracking branch cannot be read or written
    │   ├── RemoteUnavailable     no answer, or no answer in time: worth a retry
    │   │   └── PublishUnknown        ... to a push of work, which may have landed
    │   ├── PushRefused           the remote's policy says no: a person has to act
    │   ├── ItemChanged           a person changed or removed the row that was to be written
    │   └── TrackingFileLost      deleted, a symlink, or its history was rewritten
    ├── LockError             there is one writer at a time
    │   ├── LockHeld              another run is at work: this one has nothing to do
    │   └── LockLost              another run took over: this one may write no more
    ├── WorkspaceError        a checkout cannot be made or read
    │   ├── WorkRefused           what the agent left cannot be taken over; the reason is for the agent
    │   ├── MergeConflict         the branch does not merge into the integration branch; ditto
    │   └── SetupFailed           the set-up command fails before anybody touched anything
    ├── AgentError            an attempt could not be made
    │   └── AgentUnavailable      the model's service does not answer: worth a retry
    ├── RunStopped            a person or the system ends the run
    ├── ApprovalNeeded        an item waits for a person's decision; the message is the question
    ├── BudgetSpent           an item has used up what it may use
    ├── SandboxMissing        a command may not run without its sandbox
    ├── NotAllowed            a command wants to reach a host that its repository does not list
    └── HostError             the git host did not answer as documented

Each one takes plain positional arguments and hands all of them to ``Exception``, so that it survives
pickling between the processes of a run.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from tasks_lib.usage import Usage


class Severity(StrEnum):
    """Whether a problem stops a run."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong in a tracking file.

    ``line`` and ``column`` count from 1, columns in characters; ``code`` is stable and meant for machines
    (``unknown-dependency``); ``message`` says what is wrong, ``hint`` how to mend it. ``details`` are for
    programs: all of what the words may cut short, such as the whole cycle.
    """

    line: int
    column: int
    code: str
    message: str
    hint: str = ""
    severity: Severity = Severity.ERROR
    details: Mapping[str, object] | None = field(default=None, compare=False)

    def __str__(self) -> str:
        """Return ``line:column: severity code: message (hint)``, the form of compilers."""
        hint = f" ({self.hint})" if self.hint else ""
        return f"{self.line}:{self.column}: {self.severity} [{self.code}] {self.message}{hint}"


class TasksMdError(Exception):
    """The root of the tree: catch it to tell our errors from defects.

    ``usage`` is what an attempt had used by the time that this error ended it.
    """

    usage: Usage = Usage()


class BacklogError(TasksMdError):
    """The tracking file cannot be run as it is; ``problems`` lists all that is wrong, in file order."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(problems)
        self.problems = problems

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


class MissingColumn(BacklogError):
    """An edit names a column that the item's table lacks."""


class CellConflict(TasksMdError):
    """Two sides changed the same cell to different values; all three values are kept here."""

    def __init__(self, item: str, column: str, base: str, ours: str, theirs: str) -> None:
        super().__init__(item, column, base, ours, theirs)
        self.item, self.column, self.base, self.ours, self.theirs = item, column, base, ours, theirs

    def __str__(self) -> str:
        return (
            f"{self.item}: both sides changed {self.column}: it was {self.base!r}, "
            f"one side wrote {self.ours!r}, the other {self.theirs!r}"
        )


class ConfigError(TasksMdError):
    """The configuration cannot be used; the message names the file, the key and the mend."""


class LedgerError(TasksMdError):
    """The tracking branch cannot be read or written."""


class RemoteUnavailable(LedgerError):
    """The remote did not answer, or not in time: worth a retry."""


class PublishUnknown(RemoteUnavailable):
    """Work was pushed and no answer came: it may be on the remote, so its row stays in progress."""


class PushRefused(LedgerError):
    """The remote's policy (a hook, a protected branch, credentials) says no: a person has to act."""


class ItemChanged(LedgerError):
    """A person changed or removed the row that was to be written; their edit stays."""


class TrackingFileLost(LedgerError):
    """The tracking file is gone, is not a regular file, or its branch's history was rewritten."""


class LockError(TasksMdError):
    """There is one writer at a time, and it is not this one."""


class LockHeld(LockError):
    """Another run is at work on the tracking file: this one has nothing to do; the message says who.

    ``run`` is the id of that run as the lock has it, empty where it is not known.
    """

    def __init__(self, message: str, run: str = "") -> None:
        super().__init__(message, run)
        self.run = run

    def __str__(self) -> str:
        return str(self.args[0])


class LockLost(LockError):
    """Another run took the lock over: this one may write no more; the message says who has it now."""


class WorkspaceError(TasksMdError):
    """A checkout cannot be made or read."""


class WorkRefused(WorkspaceError):
    """What the agent left cannot be taken over; the message tells the next attempt why."""


class MergeConflict(WorkspaceError):
    """The branch does not merge into the integration branch; the message names the files."""


class SetupFailed(WorkspaceError):
    """A repo's set-up command fails on a base that no agent touched: a person has to act."""


class AgentError(TasksMdError):
    """An attempt could not be made; the message says whether a person has to act."""


class AgentUnavailable(AgentError):
    """The model's service does not answer, or is over its limit: worth a retry, no attempt is spent."""


class RunStopped(TasksMdError):
    """A person or the system ends the run: what is at work is given back."""


class ApprovalNeeded(TasksMdError):
    """An item waits for a person's decision; the message is the question."""


class BudgetSpent(TasksMdError):
    """An item has used up what it may use; the message says how much that is."""


class SandboxMissing(TasksMdError):
    """A command may not run because its sandbox is missing; the message says how to install it."""


class NotAllowed(TasksMdError):
    """A command wants to reach a host that it may not reach. Told to the command, never to the run."""


class HostError(TasksMdError):
    """The git host did not answer as documented."""
