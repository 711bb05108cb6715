"""What a program of somebody else's prints: written down and told, as far as anybody wants to read it."""

import time
from dataclasses import dataclass
from typing import Final

from tasks_lib.agents.progress import clipped
from tasks_lib.agents.transcript import Transcript
from tasks_lib.ports import Say

KEPT: Final = 2000
"""So many lines of an attempt are written down ..."""

WIDTH: Final = 500
"""... with so many characters of each."""

TOLD: Final = 100
"""So many lines are told as they come; after that one a second, so that a leash still ends the attempt."""


@dataclass(slots=True)
class Chatter:
    """Takes lines of output, however many there are."""

    transcript: Transcript
    say: Say
    lines: int = 0
    _next: float = 0.0

    def take(self, line: str) -> None:
        """Take one line; whatever ``say`` raises ends the attempt."""
        self.lines += 1
        if self.lines <= KEPT:
            self.transcript.write("output", text=line[:WIDTH])
        now = time.monotonic()
        if self.lines <= TOLD or now >= self._next:
            self._next = now + 1.0
            self.say(clipped(line))

    def end(self) -> None:
        """Say how much was not written down."""
        if self.lines > KEPT:
            self.transcript.write("output", text=f"[{self.lines - KEPT:,} more lines were not kept]")
