"""A checkout, recordings on disk, a replay that serves them, an agent that asks it."""

import json
import subprocess
import threading
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from tasks_lib.agents.anthropic_api import AnthropicAgent
from tasks_lib.agents.hold import Hold
from tasks_lib.agents.prompt import PromptSettings
from tasks_lib.agents.replay import ReplayServer
from tasks_lib.agents.retry import Patience
from tasks_lib.backlog.model import Item, ItemId, ItemStatus
from tasks_lib.config import AgentConfig, RepoConfig
from tasks_lib.ports import Brief, Work, Workspace
from tasks_lib.sandbox import NoSandbox

ITEM = "MS-SEC-001"
KEY = "sk-canary-123456"
IDENTITY = {
    "GIT_AUTHOR_NAME": "Agent",
    "GIT_AUTHOR_EMAIL": "agent@localhost",
    "GIT_COMMITTER_NAME": "Agent",
    "GIT_COMMITTER_EMAIL": "agent@localhost",
    "GIT_CONFIG_NOSYSTEM": "1",
}
CLAIM = (
    f'{{"task_id": "{ITEM}", "status": "success", "used": "5.2K", "commit_sha": "{{commit}}", "notes": "n"}}'
)
REPORT = f"Done.\n\n```json\n{CLAIM}\n```\n"


def git(checkout: Path, *arguments: str) -> str:
    # Where tests run as root the sandbox gives the checkout to another user.
    command = ["git", "-c", "safe.directory=*", "-C", str(checkout), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


MADE = Item(
    id=ItemId(ITEM),
    status=ItemStatus.NOT_STARTED,
    description="Passwords are unsalted MD5",
    phase=1,
    line=7,
    repo="api",
    branch="fix/password-hashing",
)


def make_brief(attempt: int = 1, *, feedback: str = "", issue: str = "") -> Brief:
    return Brief(replace(MADE, issue=7 if issue else None), attempt, 3, feedback, issue)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    path = tmp_path / "checkout"
    path.mkdir()
    git(path, "init", "-q", "-b", "fix/password-hashing")
    git(path, "config", "user.name", "Agent")
    git(path, "config", "user.email", "agent@localhost")
    (path / "README.md").write_text("# Mosaic\n")
    git(path, "add", "-A")
    git(path, "commit", "-q", "-m", "Begin")
    return path


@pytest.fixture
def workspace(checkout: Path) -> Workspace:
    return Workspace(checkout, "fix/password-hashing", git(checkout, "rev-parse", "HEAD"))


@dataclass
class Stage:
    """Plays one recording to one agent; everything is real but the model."""

    directory: Path
    workspace: Workspace
    closing: ExitStack
    said: list[str] = field(default_factory=list)
    server: ReplayServer | None = None

    def record(self, toml: str, name: str = ITEM) -> Path:
        tomllib.loads(toml)
        directory = self.directory / "recordings"
        directory.mkdir(exist_ok=True)
        (directory / f"{name}.toml").write_text(toml)
        return directory

    def serve(self, toml: str, api_key: str = "") -> ReplayServer:
        self.server = self.closing.enter_context(ReplayServer([self.record(toml)], api_key=api_key))
        return self.server

    def agent(  # noqa: PLR0913  what a test may want otherwise
        self,
        url: str,
        config: Mapping[str, object] | None = None,
        *,
        api_key: str = KEY,
        stop: threading.Event | None = None,
        hold: Hold | None = None,
        limit: float = 0.05,
    ) -> AnthropicAgent:
        return AnthropicAgent(
            AgentConfig.model_validate(config or {}),
            PromptSettings(repos={"api": RepoConfig()}),
            NoSandbox(environment=IDENTITY),
            self.directory / "transcripts",
            api_key=api_key,
            base_url=url,
            label="replay",
            patience=Patience(tries=4, first=0.001, longest=0.002, obeyed=0.01, limit=limit),
            hold=hold,
            stop=stop,
        )

    def play(self, toml: str, **config: object) -> Work:
        url = self.serve(toml).url
        return self.agent(url, config).work(make_brief(), self.workspace, self.said.append)


@pytest.fixture
def stage(tmp_path: Path, workspace: Workspace) -> Iterator[Stage]:
    with ExitStack() as closing:
        yield Stage(tmp_path, workspace, closing)


def events(work: Work, kind: str) -> list[dict[str, Any]]:
    assert work.transcript is not None
    lines = [json.loads(line) for line in work.transcript.read_text().splitlines()]
    return [line for line in lines if line["event"] == kind]


def recording(*turns: str, head: str = "") -> str:
    """Return a recording of one attempt with these turns, each the TOML of one turn."""
    played = "\n".join(f"[[attempts.turns]]\n{turn}" for turn in turns)
    return f'item = "{ITEM}"\n{head}\n[[attempts]]\n{played}\n'


def bash(command: str, text: str = "Next.") -> str:
    call = f"name = \"bash\"\ninput.command = '''{command}'''"
    return f"text = {json.dumps(text)}\n[[attempts.turns.calls]]\n{call}"


def says(text: str = REPORT) -> str:
    return f"text = '''\n{text}'''"
