"""Who holds the lock, as the message of the lock's commit says it. Pure."""

import re
from dataclasses import dataclass, replace

from tasks_lib.errors import LockError

_LINE = re.compile(r"^(?P<name>[A-Z][a-z]+): (?P<value>.*)$", re.MULTILINE)
_UNPRINTABLE = re.compile(r"[^\x20-\x7e]")
_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,3})?")
_LONGEST = 200
_UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Holder:
    """The run that holds the lock, or held it last.

    ``since`` is ISO 8601 in UTC, for people alone; ``lease`` is in seconds; ``epoch`` counts the holders of
    this lock, ``beat`` the signs of life of this one; ``seat`` names the place on its machine, see ``Seat``;
    ``member`` names the process of the run that moved the lock last, empty for the one that took it.
    """

    host: str = _UNKNOWN
    pid: int = 0
    run: str = _UNKNOWN
    since: str = _UNKNOWN
    lease: float = 0.0
    epoch: int = 0
    beat: int = 0
    seat: str = ""
    member: str = ""
    released: bool = False

    def __str__(self) -> str:
        """Return who it is and since when, in one line."""
        return f"run {self.run} (host {self.host}, pid {self.pid}) since {self.since}"

    @property
    def token(self) -> str:
        """What tells this time that the run took the lock from others."""
        return str(self.epoch)

    def is_run_of(self, other: "Holder") -> bool:
        """Tell whether both are processes of one run, since the same time that it took the lock."""
        return (self.run, self.epoch) == (other.run, other.epoch)

    def beaten(self) -> "Holder":
        """Return this holder with another sign of life."""
        return replace(self, beat=self.beat + 1)

    def message(self, what: str) -> str:
        """Return the commit message; ``what`` names what is locked. No two beats have the same."""
        state = "released by" if self.released else "held by"
        facts = {
            "Host": self.host,
            "Pid": self.pid,
            "Run": self.run,
            "Since": self.since,
            "Lease": f"{self.lease:.3f}",
            "Epoch": self.epoch,
            "Beat": self.beat,
            "Seat": self.seat,
            "Member": self.member,
            "Released": "yes" if self.released else "no",
        }
        lines = [f"{name}: {_clean(str(value))}" for name, value in facts.items()]
        # Where the lock has to be a branch, hosts are asked not to build it.
        return "\n".join([f"Lock of {_clean(what)}: {state} {_clean(self.run)} [skip ci]", "", *lines, ""])


def parse_holder(message: str) -> Holder:
    """Return who a message names; what is missing or unreadable in it counts as unknown."""
    facts = {match["name"]: _clean(match["value"]) for match in _LINE.finditer(message)}
    return Holder(
        host=facts.get("Host") or _UNKNOWN,
        pid=int(_number(facts.get("Pid"))),
        run=facts.get("Run") or _UNKNOWN,
        since=facts.get("Since") or _UNKNOWN,
        lease=_number(facts.get("Lease")),
        epoch=int(_number(facts.get("Epoch"))),
        beat=int(_number(facts.get("Beat"))),
        seat=facts.get("Seat", ""),
        member=facts.get("Member", ""),
        released=facts.get("Released") == "yes",
    )


def _number(text: str | None) -> float:
    return float(text) if text and _NUMBER.fullmatch(text) else 0


def _clean(text: str) -> str:
    """Return one short line of plain characters: anybody who may push can write a lock."""
    return " ".join(_UNPRINTABLE.sub(" ", text).split())[:_LONGEST]


def not_held(holder: Holder, more: str = "") -> LockError:
    """Return the error of a push outside of the time in which the lock is held."""
    return LockError(f"run {holder.run} does not hold the lock{more} and may not write")
