"""The Anthropic agent through the real SDK against the replay."""

import json
import os
from pathlib import Path

import pytest

from tasks_lib.agents.anthropic_api import AnthropicAgent
from tasks_lib.agents.prompt import SYSTEM_PROMPT, PromptSettings
from tasks_lib.config import AgentConfig
from tasks_lib.errors import AgentError, AgentUnavailable, ConfigError
from tasks_lib.ports import ClaimStatus
from tasks_lib.sandbox import NoSandbox
from tests.agents.conftest import (
    ITEM,
    KEY,
    MADE,
    REPORT,
    Stage,
    bash,
    events,
    git,
    make_brief,
    recording,
    says,
)

COMMIT = "echo hello > hello.txt && git add -A && git commit -q -m 'fix' && git rev-parse HEAD"
REPORT_CALL = f"""[[attempts.turns.calls]]
name = "report_result"
input = {{ task_id = "{ITEM}", status = "success", used = "1K", commit_sha = "{{commit}}", notes = "n" }}"""
BAD_REPORT_CALL = REPORT_CALL.replace(ITEM, "MS-SEC-002")
EDIT_CALL = """[[attempts.turns.calls]]
name = "str_replace_based_edit_tool"
input = { command = "str_replace", path = "README.md", old_str = "Mosaic", new_str = "Mosaic!" }"""


def test_an_attempt_ends_with_the_claim_and_the_commit(stage: Stage) -> None:
    """The recorded turns are carried out in the checkout and the claim names the real commit."""
    work = stage.play(recording(bash("ls"), bash(COMMIT), says()))
    assert work.claim is not None
    assert work.claim.status is ClaimStatus.SUCCESS
    assert work.claim.commit == git(stage.workspace.path, "rev-parse", "HEAD")
    assert (stage.workspace.path / "hello.txt").read_text() == "hello\n"
    assert work.stopped == ""


def test_the_tool_ends_an_attempt_as_well(stage: Stage) -> None:
    """``report_result`` has equal rights; nothing is asked after it."""
    work = stage.play(recording(bash(COMMIT), f"text = 'Done.'\n{REPORT_CALL}"))
    assert work.claim is not None
    assert work.claim.commit == git(stage.workspace.path, "rev-parse", "HEAD")
    assert work.usage.requests == 2


def test_calls_of_one_turn_run_in_order(stage: Stage) -> None:
    """An edit, then a command that sees it."""
    work = stage.play(
        recording(f"text = 'Both.'\n{EDIT_CALL}\n{bash('cat README.md').split(chr(10), 1)[1]}", says())
    )
    assert [event["text"].split("\n")[0] for event in events(work, "tool")] == [
        "README.md was edited:",
        "# Mosaic!",
    ]


def test_a_refused_call_is_an_answer(stage: Stage) -> None:
    """The model is told, and may go on."""
    wrong = EDIT_CALL.replace("README.md", "../outside.md")
    work = stage.play(recording(f"text = 'Out.'\n{wrong}", says()))
    assert work.claim is not None
    assert [event["is_error"] for event in events(work, "tool")] == [True]


def test_a_second_attempt_plays_its_own_turns(stage: Stage) -> None:
    """Beyond the last recorded attempt, that one is played again."""
    toml = (
        recording(says()) + f"[[attempts]]\n[[attempts.turns]]\n{says(REPORT.replace('success', 'failed'))}"
    )
    agent = stage.agent(stage.serve(toml).url)
    claims = [
        agent.work(make_brief(number), stage.workspace, stage.said.append).claim for number in (1, 2, 3)
    ]
    assert [claim.status.value for claim in claims if claim] == ["success", "failed", "failed"]


def test_a_bad_claim_is_asked_for_again(stage: Stage) -> None:
    """With the reason."""
    work = stage.play(recording(says("I am done."), says(REPORT.replace(ITEM, "MS-SEC-002")), says()))
    assert work.claim is not None
    assert work.usage.requests == 3


def test_a_bad_report_is_asked_for_again(stage: Stage) -> None:
    """The tool answers with the reason."""
    work = stage.play(recording(f"text = 'x'\n{BAD_REPORT_CALL}", f"text = 'x'\n{REPORT_CALL}"))
    assert work.claim is not None
    assert 'task_id must be "MS-SEC-001"' in events(work, "tool")[0]["text"]


@pytest.mark.parametrize("bad", [says("I am done."), f"text = 'x'\n{BAD_REPORT_CALL}"])
def test_after_three_bad_claims_the_attempt_ends(stage: Stage, bad: str) -> None:
    """Asked again at most twice; whoever committed anything is judged by the gates."""
    work = stage.play(recording(bad, bad, bad, says()))
    assert work.claim is None
    assert work.stopped.startswith("no usable answer after asking 2 more times: ")
    assert work.usage.requests == 3


def test_a_refusal_ends_the_attempt(stage: Stage) -> None:
    """The reason says so."""
    work = stage.play(recording("text = 'No.'\nstop_reason = 'refusal'"))
    assert (work.claim, work.stopped) == (None, "the model refused: it gave no reason")


def test_a_cut_answer_goes_on(stage: Stage) -> None:
    """None of the calls of a cut answer is carried out."""
    cut = bash("touch never", text="Long.").replace("text =", "stop_reason = 'max_tokens'\ntext =", 1)
    work = stage.play(recording(cut, "text = 'Long, too'\nstop_reason = 'max_tokens'", says()))
    assert work.claim is not None
    assert not (stage.workspace.path / "never").exists()


def test_answers_that_are_always_cut_end_the_attempt(stage: Stage) -> None:
    """Not in circles for ever."""
    cut = "text = 'Long'\nstop_reason = 'max_tokens'"
    work = stage.play(recording(cut, cut, cut, says()), max_output_tokens=1000)
    assert "cut off at 1,000 tokens" in work.stopped


def test_a_paused_turn_goes_on(stage: Stage) -> None:
    """The answer is sent back as it came."""
    work = stage.play(recording("text = 'Wait'\nstop_reason = 'pause_turn'", says()))
    assert (work.claim is not None, work.usage.requests) == (True, 2)


def test_thinking_is_echoed_exactly(stage: Stage) -> None:
    """The replay binds it to everything before it, as the service does."""
    thought = "thinking = 'Hm, what first?'\n"
    work = stage.play(recording(thought + bash("ls"), thought + bash("pwd"), says()))
    assert work.claim is not None


@pytest.mark.parametrize(
    ("limit", "told"),
    [
        ({"max_turns": 2}, "limit of 2 turns (max_turns) reached"),
        ({"max_used": 1200}, "limit of 1,200 fresh tokens (max_used) reached"),
        ({"max_cost": 0.01}, "limit of $0.01 (max_cost) reached"),
    ],
)
def test_a_limit_ends_the_attempt(stage: Stage, limit: dict[str, object], told: str) -> None:
    """The reason names the limit, its figure and its key."""
    work = stage.play(recording(*[bash("ls")] * 5, says()), **limit)
    assert (work.claim, work.stopped) == (None, told)
    assert work.usage.requests < 6


def test_the_wall_time_ends_a_command_and_the_attempt(stage: Stage) -> None:
    """A command gets no more time than the attempt has left, and at least a second."""
    work = stage.play(recording(bash("sleep 30"), says()), timeout=0.2)
    assert work.stopped == "limit of 0 s of wall time (timeout) reached"


def test_used_is_what_the_server_metered(stage: Stage) -> None:
    """To the token, with the cost beside it; caches are read from the second turn on."""
    work = stage.play(recording(*[bash("seq 500")] * 4, says()))
    assert stage.server is not None
    metered = stage.server.metered[ITEM]
    usage = work.usage
    assert (usage.input, usage.cache_write, usage.cache_read, usage.output, usage.requests) == (
        metered.input,
        metered.cache_write,
        metered.cache_read,
        metered.output,
        5,
    )
    assert usage.cache_read > usage.cache_write > 0
    assert usage.input == 0
    assert usage.cost == pytest.approx(
        (usage.cache_write * 5 + usage.cache_read * 0.2 + usage.output * 20) / 1e6
    )


def test_the_cache_serves_many_parallel_calls(stage: Stage) -> None:
    """The mark on the previous message keeps the cache in reach beyond 20 blocks."""
    many = bash("echo x") + "\n[[attempts.turns.calls]]\nname = 'bash'\ninput.command = 'echo y'" * 24
    work = stage.play(recording(many, many, says()))
    last = events(work, "answer")[-1]["metered"]
    assert last["cache_read_input_tokens"] > last["cache_creation_input_tokens"]


def test_the_transcript_tells_the_whole_attempt(stage: Stage) -> None:
    """Prompt, answers, tools, end; and never the key."""
    work = stage.play(recording(bash(f"echo {KEY}"), says()))
    assert work.transcript is not None
    text = work.transcript.read_text()
    kinds = [json.loads(line)["event"] for line in text.splitlines()]
    assert kinds == ["start", "answer", "tool", "answer", "end"]
    assert events(work, "start")[0]["system"] == SYSTEM_PROMPT
    assert events(work, "end")[0]["used"] == work.usage.used
    assert KEY not in text


def test_progress_is_told_line_by_line(stage: Stage) -> None:
    """What the model says and does, shortened."""
    stage.play(recording(bash("ls -l\npwd", text="First a look.\nThen more."), says()))
    assert stage.said == ["First a look.", "bash: ls -l pwd", "Done."]


def test_the_name_carries_the_label(stage: Stage) -> None:
    """A replay is called one wherever it appears."""
    assert stage.agent("http://127.0.0.1:1").name(MADE, 1) == "claude-opus-5-5 (replay)"


def test_a_missing_key_is_an_error_at_once(tmp_path: Path) -> None:
    """Before anything runs, with what to do; the environment of the SDK is not asked."""
    with pytest.raises(AgentError, match="api_key_variable"):
        AnthropicAgent(AgentConfig(), PromptSettings(), NoSandbox(), tmp_path, api_key="")


def test_a_bad_key_is_an_error_before_the_first_turn(stage: Stage) -> None:
    """With what to do; no transcript is begun."""
    agent = stage.agent(stage.serve(recording(says()), api_key="right").url)
    with pytest.raises(AgentError, match="401: the API key is not accepted: check the API key") as caught:
        agent.work(make_brief(), stage.workspace, stage.said.append)
    assert not isinstance(caught.value, AgentUnavailable)
    assert not (stage.directory / "transcripts").exists()


def test_a_model_without_prices_is_a_config_error(stage: Stage) -> None:
    """A limit in dollars would mean nothing."""
    with pytest.raises(ConfigError, match=r'\[agent\.models\."gpt-2"\]'):
        stage.agent("http://127.0.0.1:1", {"model": "gpt-2"})


def test_prices_can_be_overridden(stage: Stage) -> None:
    """In the configuration, by model."""
    free = {"input": 0, "cache_write": 0, "cache_read": 0, "output": 0}
    work = stage.play(recording(says()), models={"claude-opus-5-5": free})
    assert (work.usage.cost, work.usage.used > 0) == (0.0, True)


def test_a_gateway_need_not_know_models(stage: Stage) -> None:
    """Another address may serve messages only; the table's window counts then."""
    own = {"input": 1, "cache_write": 1, "cache_read": 1, "output": 1, "window": 90_000}
    config = {"model": "house-model", "models": {"house-model": own}}
    agent = stage.agent(stage.serve(recording(says())).url, config)
    assert agent.probe([MADE], stage.said.append) == {"house-model": 90_000}


def test_a_proxy_of_the_environment_does_not_catch_the_replay(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The loopback interface is always asked directly."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert stage.play(recording(says())).claim is not None


def test_commands_do_not_see_the_key(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is given to the client and to nobody else."""
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    work = stage.play(recording(bash("env | sort"), says()))
    assert os.environ["ANTHROPIC_API_KEY"] == KEY
    assert "ANTHROPIC" not in events(work, "tool")[0]["text"]
