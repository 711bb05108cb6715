"""What a transcript tells. Plain frozen data."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tasks_lib.usage import Usage


@dataclass(frozen=True, slots=True)
class Call:
    """A tool call with its answer; ``answer`` is None where the attempt ended before there was one."""

    name: str
    given: Mapping[str, object] = field(default_factory=dict)
    answer: str | None = None
    is_error: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """One answer of the model and what it led to.

    ``used`` (fresh tokens) and ``cost`` (US dollars) are sums up to here; ``context`` is the share of the
    window that was filled, where it is known. ``remarks`` tell what came after it: waits, compactions.
    """

    number: int
    text: str = ""
    thinking: str = ""
    calls: tuple[Call, ...] = ()
    stop_reason: str = ""
    used: int = 0
    cost: float = 0.0
    context: float | None = None
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of the attempt's work: ``refusal`` is empty where it was taken.

    ``gates`` are name, whether it passed, and what it said.
    """

    refusal: str = ""
    commit: str = ""
    gates: tuple[tuple[str, bool, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Story:
    """One attempt. Texts are an agent's and a repository's: data, never markup.

    ``stopped`` is why it was ended for the agent, ``error`` what cut it off; ``claim`` is the agent's word,
    ``usage`` what was metered.
    """

    agent: str = ""
    prompt: str = ""
    begun: str = ""
    turns: tuple[Turn, ...] = ()
    claim: Mapping[str, object] = field(default_factory=dict)
    stopped: str = ""
    error: str = ""
    ended: bool = False
    judged: Judged | None = None
    remarks: tuple[str, ...] = ()
    usage: Usage | None = None

    @property
    def reason(self) -> str:
        """Why the attempt did not count; empty where it did, or where nobody has judged it yet."""
        if self.judged:
            return self.judged.refusal
        if self.error or self.stopped:
            return self.error or self.stopped
        return "" if self.ended else "the transcript breaks off: the attempt was killed, or is still at work"

    @property
    def verdict(self) -> str:
        """In two or three words what came of it."""
        if self.judged and not self.judged.refusal:
            return "taken"
        return "not taken" if self.reason else "not judged"
