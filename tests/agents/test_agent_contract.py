"""The contract of agents, on each of ours."""

import os
import shlex
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tasks_lib.agents import Equipment, kinds
from tasks_lib.agents.contract_suite import Act, AgentContract, Make
from tasks_lib.config import AgentConfig, RepoConfig, RunConfig
from tasks_lib.ports import Agent, Leash
from tasks_lib.sandbox import BubblewrapSandbox
from tests.agents.claude import installed
from tests.agents.conftest import bash, recording, says

Equip = Callable[..., Equipment]
Record = Callable[[Act], Path]


@pytest.fixture
def equip(tmp_path: Path) -> Iterator[Equip]:
    """Give what makes the equipment of an agent, in the real sandbox."""
    with ExitStack() as closing:

        def make(leash: Leash, **agent: object) -> Equipment:
            config = RunConfig(agent=AgentConfig.model_validate(agent), repos={"main": RepoConfig()})
            sandbox = BubblewrapSandbox(stop=leash.stop)
            return Equipment(config, sandbox, tmp_path / "transcripts", leash, closing)

        yield make


@pytest.fixture
def record(tmp_path: Path) -> Record:
    """Give what writes an act down as a recording; the words are repeated as often as they are asked for."""

    def write(act: Act) -> Path:
        directory = tmp_path / "recordings"
        directory.mkdir(exist_ok=True)
        turns = recording(bash(act.command), *[says(act.words)] * 8)
        (directory / "act.toml").write_text(turns)
        return directory

    return write


class TestReplay(AgentContract):
    """The agent on the Messages API, on recorded answers."""

    @pytest.fixture
    def make(self, equip: Equip, record: Record) -> Make:
        def agent(act: Act, leash: Leash, seconds: float) -> Agent:
            return kinds.replay(equip(leash, kind="replay", recordings=[record(act)], timeout=seconds))

        return agent


class TestClaudeCode(AgentContract):
    """The real command ``claude``, on recorded answers."""

    @pytest.fixture
    def make(self, equip: Equip, record: Record, monkeypatch: pytest.MonkeyPatch) -> Make:
        def agent(act: Act, leash: Leash, seconds: float) -> Agent:
            monkeypatch.setenv("PATH", f"{installed()}:{os.environ['PATH']}")
            kind = "replay-claude-code"
            return kinds.replay_claude_code(
                equip(leash, kind=kind, recordings=[record(act)], timeout=seconds)
            )

        return agent


class TestCommand(AgentContract):
    """Any command: here a shell that reads its prompt and does as the act says."""

    @pytest.fixture
    def make(self, equip: Equip) -> Make:
        def agent(act: Act, leash: Leash, seconds: float) -> Agent:
            words = f"printf %s {shlex.quote(act.words)} | sed s/{{commit}}/$(git rev-parse HEAD)/"
            script = f"grep -q 'Task Assignment: MS-SEC-001' && {{ {act.command}; }}; {words}"
            command = ["bash", "-c", script]
            return kinds.command(equip(leash, kind="command", command=command, timeout=seconds))

        return agent
