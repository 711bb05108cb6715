"""Notices when a conversation goes round in circles: told once, then ended. Pure; waiting never counts."""

import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from tasks_lib.agents.chances import AttemptEnded
from tasks_lib.ports import Cause

ROUNDS = {1: 4, 2: 3, 3: 3, 4: 3}
"""How often turns may repeat, by how many of them make one round."""

KNOWN_TURNS = 12
"""So many turns in a row that bring nothing new are a sign, in whatever order they come."""

FORGIVEN_AFTER = 10
"""So many turns with something new make up for a sign."""

BUSY_SECONDS = 10.0
"""A command that takes longer is at work or waits; to run it again is no circle."""

_WAITS = re.compile(r"\b(?:sleep|wait\w*|until|watch|poll\w*|retry|retries)\b|\btail\s+-[a-zA-Z]*[fF]")
_DURATION = re.compile(r"\b(?:in|Time:|took)\s+[0-9]+(?:\.[0-9]+)?\s?m?s\b")
_NUDGE = (
    "[You are going in circles: {sign}. Do not do it again. Change the approach: read the last error word "
    "by word, look at a file that you have not seen, or make a smaller change. If nothing is left to try, "
    "commit what is sound and report `failed` or `blocked` with what you know. If this goes on, the attempt "
    "is ended.]"
)


@dataclass(frozen=True, slots=True)
class Step:
    """A tool call and its answer; ``command`` is what a shell was given, ``seconds`` how long it took."""

    call: str
    answer: str
    command: str = ""
    seconds: float = 0.0

    @property
    def waits(self) -> bool:
        """Whether it waits for something, or is at work for long: it may be made again and again."""
        return self.seconds >= BUSY_SECONDS or bool(_WAITS.search(self.command))

    @property
    def key(self) -> int:
        """What is the same for the same call with the same answer, whatever the tests took."""
        return hash((self.call, _DURATION.sub("", self.answer)))


@dataclass(slots=True)
class Circles:
    """Watches the turns of one conversation."""

    signs: int = 0
    _recent: deque[tuple[int, ...]] = field(default_factory=lambda: deque(maxlen=12))
    _known: set[int] = field(default_factory=set)
    _nothing_new: int = 0
    _progress: int = 0

    def take(self, steps: Sequence[Step]) -> str:
        """Take one turn; return what to tell the model, mostly nothing.

        Raise ``AttemptEnded`` at the second sign.
        """
        sign = self._sign(steps)
        if not sign:
            return ""
        if self.signs:
            raise AttemptEnded(f"it went round in circles, also after it was told: {sign}", Cause.STALL)
        self.signs, self._nothing_new, self._progress = 1, 0, 0
        self._recent.clear()
        return _NUDGE.format(sign=sign)

    def forget(self) -> None:
        """Begin anew: after a compaction the model has to look at things again."""
        self._recent.clear()
        self._known.clear()
        self._nothing_new = 0

    def _sign(self, steps: Sequence[Step]) -> str:
        keys = tuple(step.key for step in steps if not step.waits)
        if not keys:
            return ""
        self._recent.append(keys)
        self._count(is_new=not self._known.issuperset(keys))
        self._known.update(keys)
        return self._round() or self._staleness()

    def _count(self, *, is_new: bool) -> None:
        self._nothing_new = 0 if is_new else self._nothing_new + 1
        self._progress += is_new
        if self._progress >= FORGIVEN_AFTER:
            self.signs = 0

    def _round(self) -> str:
        recent = list(self._recent)
        for length, rounds in ROUNDS.items():
            last = recent[-length * rounds :]
            if len(last) == length * rounds and last == last[:length] * rounds:
                what = "the same call" if length == 1 else f"the same {length} calls in turn"
                return f"{what}, {rounds} times, each time with the same answer"
        return ""

    def _staleness(self) -> str:
        if self._nothing_new < KNOWN_TURNS:
            return ""
        return f"{KNOWN_TURNS} turns without anything new: no change, and only answers that you had already"
