"""Where the contract is tested: a real checkout, a brief, and somebody who listens."""

import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tasks_lib.agents.contract_suite.acts import ITEM, Act
from tasks_lib.backlog.model import Item, ItemId, ItemStatus
from tasks_lib.ports import Agent, Brief, Leash, Say, Work, Workspace

BRANCH: Final = "fix/say-hello"
TRACKING_FILE: Final = "docs/tasks.md"
HOURS: Final = 3600.0

Make = Callable[[Act, Leash, float], Agent]
"""Makes an agent that does an act on its one item, at the end of a leash, in so many seconds an attempt."""

ROW: Final = Item(
    id=ItemId(ITEM),
    status=ItemStatus.IN_PROGRESS,
    description="Say hello",
    phase=1,
    line=7,
    repo="main",
    branch=BRANCH,
)


@dataclass
class Stage:
    """A checkout on which one agent makes attempts; ``said`` is what it told of its progress."""

    checkout: Path
    make: Make
    leash: Leash = field(default_factory=Leash)
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Lay the checkout."""
        (self.checkout / "docs").mkdir(parents=True)
        (self.checkout / TRACKING_FILE).write_text("# Tasks\n", encoding="utf-8")
        self.git("init", "-q", "-b", BRANCH)
        for key, value in {"user.name": "Agent", "user.email": "agent@localhost"}.items():
            self.git("config", key, value)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "Begin")
        self.base = self.git("rev-parse", "HEAD")

    @property
    def brief(self) -> Brief:
        """The brief of the first attempt."""
        return Brief(ROW, attempt=1, attempts=3)

    def git(self, *arguments: str) -> str:
        """Run git in the checkout."""
        # Where tests run as root the sandbox gives the checkout to another user.
        command = ["git", "-c", "safe.directory=*", "-C", str(self.checkout), *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def agent(self, act: Act, seconds: float = HOURS) -> Agent:
        """Return an agent that does the act."""
        return self.make(act, self.leash, seconds)

    def play(self, act: Act, seconds: float = HOURS, say: Say | None = None) -> Work:
        """Let an agent make the first attempt, which is to do the act."""
        workspace = Workspace(self.checkout, BRANCH, self.base)
        return self.agent(act, seconds).work(self.brief, workspace, say or self.said.append)

    def transcript(self, work: Work) -> list[dict[str, Any]]:
        """Return the events of an attempt."""
        assert work.transcript is not None, "the attempt left no transcript"
        return [json.loads(line) for line in work.transcript.read_text(encoding="utf-8").splitlines()]
