"""Claude Code as an agent: the real command, in the real sandbox, against the replay."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tasks_lib.agents import Equipment
from tasks_lib.agents.claude_code import ClaudeCodeAgent
from tasks_lib.agents.claude_code.events import result_of
from tasks_lib.agents.claude_code.judgement import ended
from tasks_lib.agents.claude_code.program import find_program
from tasks_lib.agents.proxy import Trouble
from tasks_lib.agents.replay import ReplayServer
from tasks_lib.agents.retry import Patience
from tasks_lib.agents.service import Service
from tasks_lib.config import AgentConfig, RepoConfig, RunConfig
from tasks_lib.errors import AgentError, AgentUnavailable, ConfigError
from tasks_lib.ports import Cause, ClaimStatus
from tasks_lib.sandbox import BubblewrapSandbox
from tests.agents.claude import installed
from tests.agents.conftest import (
    IDENTITY,
    ITEM,
    KEY,
    MADE,
    Stage,
    bash,
    events,
    git,
    make_brief,
    recording,
    says,
)

EXAMPLES = Path(__file__).parents[2] / "examples"
COMMIT = "echo hello >> hello.txt && git add -A && git commit -q -m 'fix' && git rev-parse HEAD"

LOOK = bash("ls")

Make = Callable[..., ClaudeCodeAgent]


@pytest.fixture(scope="session")
def claude() -> Path:
    return installed() / "claude"


@pytest.fixture
def make(stage: Stage, claude: Path) -> Make:
    """Give what makes the agent for a service at an address."""

    def agent(url: str, **config: object) -> ClaudeCodeAgent:
        limits = AgentConfig.model_validate({"kind": "claude-code", **config})
        run = RunConfig(agent=limits, repos={"api": RepoConfig()})
        equipment = Equipment(run, BubblewrapSandbox(environment=IDENTITY), stage.directory / "transcripts")
        service, patience = Service(KEY, url), Patience(first=0.01, limit=1.0)
        return ClaudeCodeAgent(equipment, service, find_program(str(claude)), patience=patience)

    return agent


def test_an_item_of_the_example_is_finished_offline(
    stage: Stage, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real command reads, edits and commits, in a sandbox without network and key."""
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    checkout = stage.workspace.path
    shutil.copytree(EXAMPLES / "mosaic", checkout, dirs_exist_ok=True)
    git(checkout, "add", "-A")
    git(checkout, "commit", "-q", "-m", "Mosaic")
    with ReplayServer([EXAMPLES / "recordings"], api_key=KEY) as server:
        work = make(server.url).work(make_brief(), stage.workspace, stage.said.append)
    assert work.claim is not None, work.stopped
    assert (work.claim.status, work.claim.commit) == (ClaimStatus.SUCCESS, git(checkout, "rev-parse", "HEAD"))
    assert "scrypt" in (checkout / "apps/api/mosaic_api/passwords.py").read_text()
    assert git(checkout, "status", "--porcelain") == ""
    assert replace(work.usage, cost=0.0) == server.metered[ITEM]
    (end,) = events(work, "end")
    assert end["reported"]["used"] == work.usage.used
    assert end["reported"]["cost"] == pytest.approx(work.usage.cost)


def test_the_environment_holds_no_secret(stage: Stage, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the command nor what it runs can read the key; there is no network but the door."""
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    look = "cat /proc/[0-9]*/environ | tr '\\\\0' '\\\\n' | sort -u; tail -n +3 /proc/net/dev | cut -d: -f1"
    server = stage.serve(recording(bash(look), says()), api_key=KEY)
    work = make(server.url).work(make_brief(), stage.workspace, stage.said.append)
    assert work.claim is not None, work.stopped
    seen = events(work, "tool")[0]
    assert "ANTHROPIC_API_KEY=added-outside-of-the-sandbox" in seen["text"]
    assert seen["text"].splitlines()[-1].strip() == "lo"
    assert work.transcript is not None
    assert KEY not in seen["text"] + work.transcript.read_text()


@pytest.mark.parametrize(
    ("limits", "words"),
    [({"max_used": 10}, "limit of 10 fresh tokens"), ({"max_turns": 1}, "limit of 1 turns (max_turns)")],
)
def test_a_limit_ends_the_attempt(stage: Stage, make: Make, limits: dict[str, object], words: str) -> None:
    """What was used up to there is counted, and the limit is named."""
    server = stage.serve(recording(bash("ls"), says()))
    work = make(server.url, **limits).work(make_brief(), stage.workspace, stage.said.append)
    assert work.claim is None
    assert words in work.stopped
    assert replace(work.usage, cost=0.0) == server.metered[ITEM]


def test_a_service_that_refuses_is_no_fault_of_the_item(stage: Stage, make: Make) -> None:
    """No attempt is spent on it: it is an error, with the words of the service."""
    server = stage.serve(recording(says().replace("text =", "faults = [{ status = 402 }]\ntext =", 1)))
    with pytest.raises(AgentError, match="the account has no credit left"):
        make(server.url).work(make_brief(), stage.workspace, stage.said.append)


@pytest.mark.parametrize(
    ("trouble", "error", "words"),
    [
        (Trouble(401, "invalid x-api-key"), AgentError, "status 401: the API key is not accepted"),
        (Trouble(529, "overloaded"), AgentUnavailable, "status 529: overloaded"),
        (Trouble(0, "no answer"), AgentUnavailable, "no answer"),
    ],
)
def test_what_the_proxy_saw_tells_which_error_it_is(
    trouble: Trouble, error: type[Exception], words: str
) -> None:
    """The command's own words for a failed request do not tell whether it is worth a retry."""
    failed = result_of({"is_error": True, "terminal_reason": "api_error", "result": "API Error"})
    with pytest.raises(error, match=words):
        ended(failed, trouble)


@pytest.mark.parametrize(
    ("event", "words"),
    [
        ({"terminal_reason": "max_turns", "subtype": "success"}, "Claude Code ended itself, max turns"),
        ({"terminal_reason": "api_error", "result": "Prompt is too long"}, "absolute context limit reached"),
        ({"terminal_reason": "hook_stopped", "result": "why"}, "Claude Code ended itself, hook stopped: why"),
    ],
)
def test_its_own_ends_are_told_in_words(event: dict[str, object], words: str) -> None:
    """``subtype`` says success for failures: nobody asks it."""
    assert str(ended(result_of({"is_error": True, **event}), None)).startswith(words)


def test_a_usage_limit_is_waited_for(stage: Stage, make: Make) -> None:
    """The command is ended, waits with all others, and goes on with its conversation: one attempt."""
    limited = "faults = [{ status = 429, retry_after = 1.5 }]\ntext ="
    server = stage.serve(recording(bash(COMMIT), says().replace("text =", limited, 1)))
    work = make(server.url, timeout=60).work(make_brief(), stage.workspace, stage.said.append)
    assert work.claim is not None, work.stopped
    assert work.claim.commit == git(stage.workspace.path, "rev-parse", "HEAD")
    assert (stage.workspace.path / "hello.txt").read_text() == "hello\n"
    assert [event["error"] for event in events(work, "hold")] == ["recorded fault"]
    assert [line for line in stage.said if "all items wait until" in line] != []
    assert replace(work.usage, cost=0.0) == server.metered[ITEM]


@pytest.mark.parametrize(
    ("turns", "cause"), [([says()], None), ([LOOK] * 8, Cause.STALL)], ids=["listens", "goes-on"]
)
def test_who_goes_round_in_circles_is_told_so_in_the_conversation(
    stage: Stage, make: Make, turns: list[str], cause: Cause | None
) -> None:
    """Once; at the second sign the attempt ends."""
    server = stage.serve(recording(*[LOOK] * 5, *turns))
    work = make(server.url).work(make_brief(), stage.workspace, stage.said.append)
    assert work.cause is cause
    assert (work.claim is None) == (cause is not None), work.stopped
    (_, again) = events(work, "call")
    assert "You are going in circles: the same call, 4 times" in again["said"]
    assert "--resume" in again["command"]
    assert [event["text"] for event in events(work, "nudge")] == [again["said"]]


def test_a_result_is_asked_for_again_twice(stage: Stage, make: Make) -> None:
    """Then the commits are left to the gates."""
    bad = f'[[attempts.turns.calls]]\nname = "report_result"\ninput = {{ task_id = "{ITEM}", status = "x" }}'
    server = stage.serve(recording(bash(COMMIT), *[bad] * 9))
    work = make(server.url).work(make_brief(), stage.workspace, stage.said.append)
    assert (work.claim, work.cause) == (None, Cause.NO_RESULT)
    assert work.stopped == "no usable result after asking 2 more times"
    assert work.usage.requests == 1 + 3


def test_compactions_are_seen_and_counted(stage: Stage, make: Make) -> None:
    """A long conversation is compacted at its share of the window; the work goes on, every token counted."""
    long = [bash(f"yes 'some words in line {number}' | head -c 29000") for number in range(6)]
    server = stage.serve(recording(*long, bash(COMMIT), says()))
    work = make(server.url, context_window=100_000).work(make_brief(), stage.workspace, stage.said.append)
    assert work.claim is not None, work.stopped
    assert work.claim.commit == git(stage.workspace.path, "rev-parse", "HEAD")
    assert len(events(work, "compaction")) == 1
    assert replace(work.usage, cost=0.0) == server.metered[ITEM]
    assert events(work, "end")[0]["reported"]["used"] == work.usage.used


def test_the_probe_starts_the_command_and_asks_for_the_model(stage: Stage, make: Make) -> None:
    """Before a run begins: a wrong key, and a service that is away, are said."""
    server = stage.serve(recording(says()), api_key=KEY)
    assert str(make(server.url).probe([MADE], stage.said.append)).startswith("2.1.330")
    other = stage.serve(recording(says()), api_key="another")
    with pytest.raises(AgentError, match="the API key is not accepted"):
        make(other.url).probe([MADE], stage.said.append)
    with pytest.raises(AgentUnavailable):
        make("http://127.0.0.1:9").probe([MADE], stage.said.append)


def test_a_command_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """With how to install it."""
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(ConfigError, match="npm install -g @anthropic-ai/claude-code"):
        find_program()


def test_a_script_brings_its_directory_and_a_binary_only_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is shared with the sandbox is no more than the program needs, and never a home."""
    package = tmp_path / "package"
    package.mkdir()
    for name, head in {"script": "#!/usr/bin/env node\n", "binary": "\x7fELF"}.items():
        (package / name).write_text(head)
        (package / name).chmod(0o755)
    assert find_program(str(package / "script")).shares == (package,)
    (tmp_path / "link").symlink_to(package / "binary")
    assert find_program(str(tmp_path / "link")).shares == (package / "binary",)
    monkeypatch.setenv("HOME", str(package))
    assert find_program(str(package / "script")).shares == (package / "script",)


def test_the_agent_is_named_by_model_and_command(make: Make) -> None:
    """The column says what worked."""
    assert make("http://127.0.0.1:9").name(MADE, 1) == "claude-opus-5-5 (claude-code)"
