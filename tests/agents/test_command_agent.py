"""Any command as an agent, in the real sandbox: what goes in, what comes out, and what it cost."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from tasks_lib.agents import Equipment
from tasks_lib.agents.command import CommandAgent
from tasks_lib.agents.service import Service
from tasks_lib.config import AgentConfig, RepoConfig, RunConfig
from tasks_lib.errors import AgentError, ConfigError
from tasks_lib.sandbox import BubblewrapSandbox
from tasks_lib.transcripts import read_transcript, story_text
from tests.agents.conftest import ITEM, KEY, MADE, Stage, bash, events, git, make_brief, recording, says

CLAIM = json.dumps({"task_id": ITEM, "status": "failed", "used": "4.2K", "notes": "n"})
ASK = """
import json, os, sys, urllib.request
key = os.environ["ANTHROPIC_API_KEY"]
body = {"model": "claude-opus-5-5", "max_tokens": 99, "tools": [{"name": "bash", "type": "bash_20250124"}],
        "messages": [{"role": "user", "content": sys.stdin.read()}]}
request = urllib.request.Request(os.environ["ANTHROPIC_BASE_URL"] + "/v1/messages", json.dumps(body).encode(),
                                 {"content-type": "application/json", "x-api-key": key})
print(json.load(urllib.request.urlopen(request))["content"][0]["text"], key)
"""

Make = Callable[..., CommandAgent]


@pytest.fixture
def make(stage: Stage) -> Make:
    """Give what makes the agent for a command."""

    def agent(*command: str, service: Service | None = None, **config: object) -> CommandAgent:
        limits = AgentConfig.model_validate({"kind": "command", "command": command, **config})
        run = RunConfig(agent=limits, repos={"api": RepoConfig()})
        return CommandAgent(Equipment(run, BubblewrapSandbox(), stage.directory / "transcripts"), service)

    return agent


@pytest.mark.parametrize(
    "command",
    [
        ("sh", "-c", f"grep -q 'Task Assignment' && echo working >&2 && echo '{CLAIM}'"),
        ("sh", "-c", f"grep -q 'Task Assignment' $0 && echo '{CLAIM}'", "{prompt_file}"),
        ("sh", "-c", f"echo '{CLAIM}' > $0; echo working; echo '{{}}'", "{result_file}"),
    ],
)
def test_the_prompt_goes_in_and_the_result_comes_out(
    stage: Stage, make: Make, command: tuple[str, ...]
) -> None:
    """By stdin and stdout, or by files; what it says of tokens is a claim, and counted as one."""
    work = make(*command).work(make_brief(), stage.workspace, stage.said.append)
    assert work.claim is not None, work.stopped
    assert (work.claim.notes, work.claim.used) == ("n", "4.2K")
    assert (work.usage.claimed, work.usage.used, work.usage.output) == (4200, 4200, 0)
    assert git(stage.workspace.path, "status", "--porcelain") == ""


def test_what_it_says_is_written_down_as_it_comes(stage: Stage, make: Make) -> None:
    """Every line, errors too, is in the transcript and told as progress."""
    script = f"echo one; echo two >&2; echo '{CLAIM}'"
    work = make("sh", "-c", script).work(make_brief(), stage.workspace, stage.said.append)
    assert [event["text"] for event in events(work, "output")][:2] == ["one", "two"]
    assert stage.said[:2] == ["one", "two"]


def test_it_is_told_which_model_the_attempt_has(stage: Stage, make: Make) -> None:
    """A ladder leads a command upwards as well."""
    ladder = [{"model": "claude-haiku-5-5", "from_attempt": 2}]
    agent = make("echo", "with {model}", ladder=ladder)
    for attempt in (1, 2):
        agent.work(make_brief(attempt), stage.workspace, stage.said.append)
    assert stage.said == ["with claude-opus-5-5", "with claude-haiku-5-5"]


def test_its_transcript_can_be_read(stage: Stage, make: Make) -> None:
    """What it printed is shown as one turn, and its claim after it."""
    work = make("sh", "-c", f"echo planing; echo sanding; echo '{CLAIM}'").work(
        make_brief(), stage.workspace, stage.said.append
    )
    assert work.transcript is not None
    told = story_text(read_transcript(work.transcript))
    assert "planing\nsanding\n" in told
    assert "It claims: item: MS-SEC-001, status: failed, used: 4.2K, notes: n" in told


def test_a_flood_of_lines_drowns_nobody(stage: Stage, make: Make) -> None:
    """Of a hundred thousand lines the first are kept and told; the result at their end is still found."""
    work = make("sh", "-c", f"yes | head -100000; echo '{CLAIM}'").work(
        make_brief(), stage.workspace, stage.said.append
    )
    kept = events(work, "output")
    assert work.claim is not None
    assert len(kept) == 2001
    assert kept[-1]["text"] == "[98,001 more lines were not kept]"
    assert len(stage.said) < 400


def test_the_exit_code_alone_decides_nothing(stage: Stage, make: Make) -> None:
    """A result counts whatever the code; without one the code is told."""
    told = make("sh", "-c", f"echo '{CLAIM}'; exit 3").work(make_brief(), stage.workspace, stage.said.append)
    silent = make("sh", "-c", "exit 3").work(make_brief(), stage.workspace, stage.said.append)
    assert told.claim is not None
    assert silent.claim is None
    assert silent.stopped.startswith("the command ended with exit code 3 and no usable result: ")


def test_figures_that_cannot_be_read_count_nothing(stage: Stage, make: Make) -> None:
    """A claim is taken for what can be read of it."""
    claim = CLAIM.replace("4.2K", "a lot")
    work = make("echo", claim).work(make_brief(), stage.workspace, stage.said.append)
    assert work.claim is not None
    assert work.usage.used == 0


def test_through_the_proxy_it_is_metered(stage: Stage, make: Make) -> None:
    """It asks the Messages API without having the key; what counts is what the service metered."""
    server = stage.serve(recording(says(CLAIM)), api_key=KEY)
    agent = make("python3", "-c", ASK, service=Service(KEY, server.url))
    work = agent.work(make_brief(), stage.workspace, stage.said.append)
    assert work.claim is not None, work.stopped
    assert replace(work.usage, cost=0.0) == server.metered[ITEM]
    assert work.usage.claimed == 0
    assert work.transcript is not None
    assert KEY not in work.transcript.read_text()


def test_through_the_proxy_it_is_limited(stage: Stage, make: Make) -> None:
    """The limit that closed the proxy is why the attempt ended."""
    server = stage.serve(recording(bash("ls"), says()), api_key=KEY)
    agent = make("python3", "-c", ASK * 2, service=Service(KEY, server.url), max_used=10)
    work = agent.work(make_brief(), stage.workspace, stage.said.append)
    assert work.claim is None
    assert work.stopped == "limit of 10 fresh tokens (max_used) reached"


def test_a_program_that_is_not_in_the_sandbox_is_said(stage: Stage, make: Make) -> None:
    """Before a run starts anything, with where to name its directory; the checkout's are not looked for."""
    with pytest.raises(AgentError, match=r"no program nowhere-to-be-found in the sandbox: .* sandbox\.path"):
        make("nowhere-to-be-found").probe([MADE], stage.said.append)
    make("./tools/agent").probe([MADE], stage.said.append)
    make("sh", "-c", "x").probe([MADE], stage.said.append)
    assert stage.said == ["agent: ./tools/agent", "agent: sh -c x"]


def test_no_command_is_no_agent(make: Make) -> None:
    """The key of the configuration is named."""
    with pytest.raises(ConfigError, match=r"agent\.command: empty"):
        make()


def test_the_agent_is_named_by_its_program(make: Make) -> None:
    """The column says what worked."""
    assert make("/opt/bin/carpenter", "--all").name(MADE, 1) == "carpenter (command)"
