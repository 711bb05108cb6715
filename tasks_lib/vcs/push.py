"""What became of a push: four outcomes that ask for four different things."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from tasks_lib.vcs.git import Answer


class PushState(StrEnum):
    """Accepted: done. Lost: try again on the new tip. Refused: tell a person. Unknown: look before acting."""

    ACCEPTED = "accepted"
    LOST = "lost"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PushOutcome:
    """How a push ended, in the remote's own words."""

    state: PushState
    words: str = ""


@dataclass(frozen=True, slots=True)
class Move:
    """A ref that has to move in the same push, from ``old`` (empty: there is none yet) to ``new``.

    When it is no longer at ``old`` the whole push is lost. The two must differ: git checks no other move.
    """

    ref: str
    old: str
    new: str


class Pusher(Protocol):
    """Whoever may push."""

    def push(self, updates: Mapping[str, str]) -> PushOutcome:
        """Push commits to branches, all of them or none, and never by force."""


_LINE = re.compile(r"^(?P<flag>.)\t[^\t]*:(?P<ref>[^\t]*)\t(?P<summary>.*)$", re.MULTILINE)
_RACE = re.compile(
    r"fetch first|non-fast-forward|stale info|cannot lock ref|failed to (update|lock)"
    r"|reference already exists|incorrect old value"
    r"|remote ref updated since checkout|unable to create .*\.lock",
    re.IGNORECASE,
)
_FOLLOWED = re.compile(r"atomic (push|transaction) fail", re.IGNORECASE)
_NO_ENTRY = re.compile(
    r"authentication failed|permission denied|could not read (username|password)|access denied|not authorized"
    r"|returned error: 40[13]|remote: forbidden|does not support --atomic",
    re.IGNORECASE,
)


def read_push(answer: Answer) -> PushOutcome:
    """Read the answer of ``git push --porcelain``."""
    if answer.ok:
        return PushOutcome(PushState.ACCEPTED)
    rejected = [f"{m['ref']}: {m['summary']}" for m in _LINE.finditer(answer.text) if m["flag"] == "!"]
    # In an atomic push every other ref is rejected too; the reason is in one line, or on stderr alone.
    reasons = [line for line in rejected if not _FOLLOWED.search(line)]
    if reasons and not answer.timed_out:
        return _rejected(reasons, answer.err)
    if rejected and _RACE.search(answer.err):
        return PushOutcome(PushState.LOST, answer.err)
    state = PushState.REFUSED if _NO_ENTRY.search(answer.err) else PushState.UNKNOWN
    return PushOutcome(state, answer.err)


def _rejected(reasons: list[str], said: str) -> PushOutcome:
    if any("remote failure" in reason for reason in reasons):
        return PushOutcome(PushState.UNKNOWN, said)
    if all(_RACE.search(reason) for reason in reasons):
        return PushOutcome(PushState.LOST, "; ".join(reasons))
    hooks = [line for line in said.splitlines() if line.startswith("remote:")]
    return PushOutcome(PushState.REFUSED, "\n".join([*reasons, *hooks]))
