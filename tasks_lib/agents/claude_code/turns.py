"""Sees when ``claude`` goes round in circles, with the same eyes as for our own agent."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tasks_lib.agents.circles import Circles, Step
from tasks_lib.agents.claude_code.events import Call

SHELL = "Bash"


@dataclass(slots=True)
class Turns:
    """Gathers calls and their answers into turns; at the first sign ``nudge`` gets words for the model.

    A turn is over when the next message calls something.
    """

    nudge: Callable[[str], None]
    _circles: Circles = field(default_factory=Circles)
    _message: str = ""
    _asked: dict[str, tuple[Call, float]] = field(default_factory=dict)
    _steps: list[Step] = field(default_factory=list)

    def call(self, message: str, call: Call) -> None:
        """Take a call of a message; raise ``AttemptEnded`` at the second sign."""
        if message != self._message:
            self._end()
            self._message = message
        self._asked[call.id] = call, time.monotonic()

    def answer(self, answer: Call) -> None:
        """Take what came of a call."""
        if answer.id in self._asked:
            call, begun = self._asked.pop(answer.id)
            given = json.dumps([call.name, call.given], sort_keys=True)
            command = str(call.given.get("command", "")) if call.name == SHELL else ""
            self._steps.append(Step(given, answer.text, command, time.monotonic() - begun))

    def forget(self) -> None:
        """Begin anew, after a compaction."""
        self._circles.forget()

    def _end(self) -> None:
        steps, self._steps = self._steps, []
        if words := self._circles.take(steps):
            self.nudge(words)
