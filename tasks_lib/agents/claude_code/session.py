"""One conversation of ``claude``: it outlives the calls of the command that it is held in."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

CUT_OFF = "You were cut off by a usage limit of the service, which has reset. The checkout is as you left it."


@dataclass(slots=True)
class Session:
    """What is said next in the conversation, and how the command finds it again.

    ``home`` is the HOME that all its calls share; ``next`` is what the next call is given on stdin.
    """

    home: Path
    next: str
    id: str = field(default_factory=lambda: str(uuid4()))
    _begun: bool = False

    def begin(self) -> tuple[str, tuple[str, ...]]:
        """Return what the next call is given on stdin and as arguments; from then on it is gone on with."""
        said, how = self.next, "--resume" if self._begun else "--session-id"
        self.next, self._begun = f"{CUT_OFF} Go on with the assignment.", True
        return said, (how, self.id)

    def say(self, words: str) -> None:
        """Say this next."""
        self.next = words


@contextmanager
def session(prompt: str, home: Path | None) -> Iterator[Session]:
    """Give a new conversation that begins with this prompt, in ``home`` or in a HOME of its own."""
    if home is not None:
        yield Session(home, prompt)
        return
    with TemporaryDirectory(prefix="tasks-md-") as directory:
        yield Session(Path(directory), prompt)
