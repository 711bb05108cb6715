"""How an attempt is ended by us rather than by the agent."""

from dataclasses import dataclass

from tasks_lib.errors import TasksMdError

BAD_ANSWERS = 2
"""So many unusable answers are asked for again."""


class AttemptEnded(TasksMdError):
    """The attempt ends here and now; the message says why. Never leaves this room."""


@dataclass(slots=True)
class Chances:
    """Counts unusable answers of one attempt."""

    left: int = BAD_ANSWERS

    def spend(self, why: str) -> None:
        """Use one chance up; raise ``AttemptEnded`` when there is none left."""
        if self.left == 0:
            raise AttemptEnded(f"no usable answer after asking {BAD_ANSWERS} more times: {why}")
        self.left -= 1
