"""Cells to values. Each reader returns a value, and what is wrong where the text says no such value."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from tasks_lib.backlog.document import WANTED, Row
from tasks_lib.backlog.figures import parse_time, parse_tokens
from tasks_lib.backlog.findings import Findings, Flaw
from tasks_lib.backlog.marks import clip, value_of
from tasks_lib.backlog.model import ItemStatus
from tasks_lib.backlog.names import DEFAULT_BRANCHES, Branches, repo_fault
from tasks_lib.backlog.statuses import accepted_words, read_status

Value = TypeVar("Value")

_ISSUE = re.compile(
    r"(?:[\w./-]{0,200}#|GH-|https?://[^\s#?]{1,500}/issues/)?([0-9]{1,12})", re.IGNORECASE | re.ASCII
)


_SHORT = 12


@dataclass(frozen=True, slots=True)
class Rules:
    """What a caller can set: ``now`` to find times in the future, and the branches of the configuration."""

    now: datetime | None = None
    branches: Branches = DEFAULT_BRANCHES


class Memo(dict[str, Value]):
    """A reader that reads each text once, as most cells of a column repeat each other; ``flaws`` by text."""

    def __init__(self, read: Callable[[str], tuple[Value, Flaw | None]]) -> None:
        self._read = read
        self.flaws: dict[str, Flaw] = {}

    def __missing__(self, text: str) -> Value:
        """Read a text that was not met before."""
        value, flaw = self._read(text)
        if flaw:
            self.flaws[text] = flaw
        self[text] = value
        return value


class Columns:
    """The values of the rows, column by column; ``texts`` are the cells as they are written."""

    def __init__(self, rows: Sequence[Row], rules: Rules, findings: Findings) -> None:
        self._rows = rows
        self._rules = rules
        self._findings = findings
        self._times = Memo(time_of)
        self._tokens = Memo(tokens_of)
        columns = zip(*(row.values for row in rows), strict=True) if rows else ((),) * len(WANTED)
        self.texts: dict[str, tuple[str, ...]] = dict(zip(WANTED, columns, strict=True))

    def status(self) -> list[ItemStatus]:
        """Read the column ``status``."""
        return self._read("status", Memo(status_of))

    def issue(self) -> list[int | None]:
        """Read the column ``issue``."""
        return self._read("issue", Memo(issue_of))

    def repo(self) -> list[str]:
        """Read the column ``repo``."""
        return self._read("repo", Memo(repo_of))

    def branch(self) -> list[str]:
        """Read the column ``branch``."""
        return self._read("branch", Memo(lambda text: branch_of(text, self._rules.branches)))

    def agent(self) -> list[str]:
        """Read the column ``agent``."""
        return self._read("agent", Memo(lambda text: (value_of(text), None)))

    def model(self) -> list[str]:
        """Read the column ``model``."""
        return self._read("model", Memo(lambda text: (value_of(text), None)))

    def time(self, column: str) -> list[datetime | None]:
        """Read a column of times."""
        return self._read(column, self._times)

    def tokens(self, column: str) -> list[int | None]:
        """Read a column of token figures."""
        return self._read(column, self._tokens)

    def _read(self, column: str, memo: Memo[Value]) -> list[Value]:
        """Return the values of a column, and note its flaws."""
        texts = self.texts[column]
        values = [memo[text] for text in texts]
        if memo.flaws:
            for row, text in zip(self._rows, texts, strict=True):
                if text in memo.flaws:
                    self._findings.at(row, column, memo.flaws[text])
        return values


def status_of(text: str) -> tuple[ItemStatus, Flaw | None]:
    """Read a status; what cannot be understood counts as blocked, so that nothing is begun on a guess."""
    status = read_status(text)
    if status:
        return status, None
    what = f"{clip(text)} is no status" if text else "the status is empty"
    return ItemStatus.BLOCKED, Flaw("bad-status", what, f"write one of {accepted_words()}")


def issue_of(text: str) -> tuple[int | None, Flaw | None]:
    """Read the number of an issue: ``#12``, ``12``, ``GH-12``, ``owner/repo#12``, or a link to it."""
    if text[:1] == "#" and text[1:12].isdecimal() and text.isascii() and len(text) < _SHORT:
        return int(text[1:]), None
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


def branch_of(text: str, branches: Branches) -> tuple[str, Flaw | None]:
    """Read the name of a branch."""
    value = value_of(text)
    fault = branches.fault(value) if value else ""
    if not fault:
        return value, None
    return value, Flaw(
        "bad-branch", f"the branch {clip(value)} {fault}", "write a name like fix/session-auth"
    )


def repo_of(text: str) -> tuple[str, Flaw | None]:
    """Read the name of a repo: a directory below the root."""
    value = value_of(text)
    fault = repo_fault(value) if value else ""
    if not fault:
        return value, None
    return value, Flaw("bad-repo", f"the repo {clip(value)} {fault}", "write a name like api or packages/web")
