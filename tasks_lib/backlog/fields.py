"""Cells to values. Each reader returns the value and, where the text is no such value, what is wrong with it."""

import re
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from tasks_lib.backlog.figures import parse_time, parse_tokens
from tasks_lib.backlog.findings import Flaw
from tasks_lib.backlog.marks import clip, value_of
from tasks_lib.backlog.model import ItemStatus
from tasks_lib.backlog.names import PROTECTED_BRANCHES, branch_fault, repo_fault
from tasks_lib.backlog.statuses import accepted_words, read_status

Value = TypeVar("Value")

_ISSUE = re.compile(
    r"(?:[\w./-]{0,200}#|GH-|https?://[^\s#?]{1,500}/issues/)?([0-9]{1,12})", re.IGNORECASE | re.ASCII
)


@dataclass(frozen=True, slots=True)
class Rules:
    """What a caller can set: ``now`` to find times in the future, protected branches, URLs as repos."""

    now: datetime | None = None
    protected: AbstractSet[str] = PROTECTED_BRANCHES
    repo_urls: bool = False


class Memo(dict[str, tuple[Value, Flaw | None]]):
    """A reader that reads each text once: most cells of a column repeat each other."""

    def __init__(self, read: Callable[[str], tuple[Value, Flaw | None]]) -> None:
        self._read = read

    def __missing__(self, text: str) -> tuple[Value, Flaw | None]:
        """Read a text that was not met before."""
        self[text] = found = self._read(text)
        return found


class Readers:
    """One reader per column, for one file."""

    def __init__(self, rules: Rules) -> None:
        self.status = Memo(status_of)
        self.issue = Memo(issue_of)
        self.tokens = Memo(tokens_of)
        self.time = Memo(time_of)
        self.repo = Memo(lambda text: repo_of(text, urls=rules.repo_urls))
        self.branch = Memo(lambda text: branch_of(text, rules.protected))


def status_of(text: str) -> tuple[ItemStatus, Flaw | None]:
    """Read a status; what cannot be understood counts as blocked, so that nothing is begun on a guess."""
    status = read_status(text)
    if status:
        return status, None
    what = f"{clip(text)} is no status" if text else "the status is empty"
    return ItemStatus.BLOCKED, Flaw("bad-status", what, f"write one of {accepted_words()}")


def issue_of(text: str) -> tuple[int | None, Flaw | None]:
    """Read the number of an issue: ``#12``, ``12``, ``GH-12``, ``owner/repo#12``, or a link to it."""
    value = value_of(text)
    found = _ISSUE.fullmatch(value)
    if found or not value:
        return int(found[1]) if found else None, None
    return None, Flaw("bad-issue", f"{clip(text)} is no issue", "write #12, or leave the cell empty")


def tokens_of(text: str) -> tuple[int | None, Flaw | None]:
    """Read a token figure."""
    value = value_of(text)
    if not value:
        return None, None
    try:
        return parse_tokens(value), None
    except ValueError:
        return None, Flaw("bad-figure", f"{clip(text)} is no token figure", "write 5K, 38.5K or 1.2M")


def time_of(text: str) -> tuple[datetime | None, Flaw | None]:
    """Read a time."""
    value = value_of(text)
    if not value:
        return None, None
    try:
        return parse_time(value), None
    except ValueError:
        return None, Flaw("bad-time", f"{clip(text)} is no ISO 8601 time", "write 2026-02-05T14:03:00Z")


def branch_of(text: str, protected: AbstractSet[str]) -> tuple[str, Flaw | None]:
    """Read the name of a branch."""
    value = value_of(text)
    fault = branch_fault(value, protected) if value else ""
    if not fault:
        return value, None
    return value, Flaw(
        "bad-branch", f"the branch {clip(value)} {fault}", "write a name like fix/session-auth"
    )


def repo_of(text: str, *, urls: bool) -> tuple[str, Flaw | None]:
    """Read the name of a repo: a directory below the root."""
    value = value_of(text)
    fault = repo_fault(value, urls=urls) if value else ""
    if not fault:
        return value, None
    return value, Flaw("bad-repo", f"the repo {clip(value)} {fault}", "write a name like api or packages/web")
