"""What a tool answers, and how it refuses."""

from dataclasses import dataclass

from tasks_lib.errors import TasksMdError

ANSWER_LIMIT = 30_000
"""Characters of one answer."""


class ToolError(TasksMdError):
    """A call cannot be carried out; the message tells the model how to mend it. Never leaves this room."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The text that goes back to the model; ``seconds`` is how long a command took."""

    text: str
    is_error: bool = False
    seconds: float = 0.0
