"""What one run of a gate left, before anybody judges it."""

from dataclasses import dataclass
from pathlib import Path

from tasks_lib.gates.reports import Reported


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a gate on one commit.

    ``ending`` says how it ended, in words (``exit code 1``); ``clean`` whether that was exit code 0 in time;
    ``tests`` is None for a gate that is not asked for them; ``number`` counts the reruns from 1.
    """

    clean: bool
    ending: str
    output: str = ""
    seconds: float = 0.0
    tests: Reported | None = None
    log: Path | None = None
    number: int = 1

    @property
    def green(self) -> bool:
        """Whether it ended well, with a complete report of its tests where one is wanted."""
        return self.clean and not self.fault

    @property
    def fault(self) -> str:
        """What is wrong with its report; empty where none is wanted."""
        return self.tests.fault if self.tests else ""
