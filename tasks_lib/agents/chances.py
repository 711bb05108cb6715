"""How an attempt is ended by us rather than by the agent."""

from dataclasses import dataclass

from tasks_lib.errors import TasksMdError
from tasks_lib.ports import Cause

BAD_ANSWERS = 2
"""So many unusable answers are asked for again."""


class AttemptEnded(TasksMdError):
    """The attempt ends here and now; the message says why. Never leaves this room."""

    def __init__(self, why: str, cause: Cause = Cause.LIMIT) -> None:
        super().__init__(why, cause)
        self.why, self.cause = why, cause

    def __str__(self) -> str:
        return self.why


@dataclass(slots=True)
class Chances:
    """Counts unusable answers of one attempt."""

    left: int = BAD_ANSWERS

    def spend(self, why: str) -> None:
        """Use one chance up; raise ``AttemptEnded`` when there is none left."""
        if self.left == 0:
            raise AttemptEnded(
                f"no usable answer after asking {BAD_ANSWERS} more times: {why}", Cause.NO_RESULT
            )
        self.left -= 1
