"""The replay of the Messages API, asked with the real SDK."""

from collections.abc import Iterator
from typing import Any

import anthropic
import httpx2
import pytest

from tasks_lib.agents.replay.metering import meter, tokens_in
from tests.agents.conftest import ITEM, Stage, bash, recording, says

TASK = {"role": "user", "content": f"## Task Assignment: {ITEM}\n\n**Attempt:** 1 of 3\n"}
OTHER = {"role": "user", "content": "## Task Assignment: MS-X-9"}
FORGED = {"role": "assistant", "content": [{"type": "thinking", "thinking": "x", "signature": "y"}]}
BASH = {"type": "bash_20250124", "name": "bash"}
MARK = {"type": "ephemeral"}


@pytest.fixture
def client(stage: Stage) -> Iterator[anthropic.Anthropic]:
    server = stage.serve(recording(bash("ls"), says()))
    with httpx2.Client(trust_env=False) as http:
        yield anthropic.Anthropic(api_key="any", base_url=server.url, max_retries=0, http_client=http)


def ask(client: anthropic.Anthropic, *messages: Any, **more: Any) -> Any:  # noqa: ANN401  wrong types are the point
    request = {"model": "claude-opus-5-5", "max_tokens": 100, "tools": [BASH], **more}
    return client.messages.create(messages=list(messages), **request)


def called(call: str = "t1") -> dict[str, Any]:
    block = {"type": "tool_use", "id": call, "name": "bash", "input": {"command": "ls"}}
    return {"role": "assistant", "content": [block]}


def answered(call: str = "t1", *more: dict[str, Any]) -> dict[str, Any]:
    return {"role": "user", "content": [*more, {"type": "tool_result", "tool_use_id": call, "content": "x"}]}


def test_the_first_turn_is_served(client: anthropic.Anthropic) -> None:
    """Also without streaming, with figures and a stable id."""
    message = ask(client, TASK)
    assert [block.type for block in message.content] == ["text", "tool_use"]
    assert (message.stop_reason, message.id) == ("tool_use", f"msg_replay_{ITEM}_1_1")
    assert message.usage.input_tokens > 0


def test_streaming_says_the_same(client: anthropic.Anthropic) -> None:
    """Over real server-sent events."""
    with client.messages.stream(
        model="claude-opus-5-5",
        max_tokens=100,
        messages=[{"role": "user", "content": str(TASK["content"])}],
        tools=[{"type": "bash_20250124", "name": "bash"}],
    ) as stream:
        streamed = stream.get_final_message()
    whole = ask(client, TASK)
    assert [block.to_dict() for block in streamed.content] == [block.to_dict() for block in whole.content]
    assert streamed.usage.output_tokens == whole.usage.output_tokens


def test_the_turn_is_the_number_of_answers_so_far(client: anthropic.Anthropic) -> None:
    """The server keeps no conversation: the same request gets the same answer."""
    texts = {ask(client, TASK, called(), answered()).content[0].text for _ in range(2)}
    assert len(texts) == 1
    assert "task_id" in texts.pop()


@pytest.mark.parametrize(
    ("messages", "more", "told"),
    [
        ([{"role": "user", "content": "Hello"}], {}, "Task Assignment"),
        (
            [{"role": "user", "content": "## Task Assignment: MS-X-9"}],
            {},
            "no recording of MS-X-9; recorded are: MS",
        ),
        ([TASK, called(), answered(), called("t2"), answered("t2")], {}, "has no turn 3 in attempt 1"),
        ([called(), answered()], {}, "first message must use the user role"),
        ([{"role": "boss", "content": "x"}], {}, "role must be one of"),
        ([{"role": "user", "content": []}], {}, "content must not be empty"),
        ([TASK, {"role": "user", "content": [{"type": "text", "text": " "}]}], {}, "must be non-empty"),
        ([TASK, called()], {}, "without `tool_result` blocks immediately after: t1"),
        ([TASK, called(), answered("t9")], {}, "without `tool_result`"),
        ([TASK, answered()], {}, "unexpected `tool_use_id`"),
        ([TASK, called(), answered("t1", {"type": "text", "text": "x"})], {}, "must come first"),
        ([TASK], {"tool_choice": {"type": "any"}}, "forcing a tool"),
        ([TASK], {"tools": []}, "does not offer"),
        ([TASK], {"system": [{"type": "text", "text": "x", "cache_control": MARK}] * 5}, "A maximum of 4"),
        ([TASK], {"max_tokens": 0}, "max_tokens: Field required"),
        ([TASK, called(), answered(), called(), answered()], {}, "`tool_use` ids must be unique"),
        (
            [TASK, called(), {"role": "user", "content": answered()["content"] * 2}],
            {},
            "each `tool_use` must have a single `tool_result`",
        ),
        (
            [
                TASK,
                {
                    "role": "assistant",
                    "content": [
                        {"type": "thinking", "thinking": "x", "signature": "y", "cache_control": MARK}
                    ],
                },
            ],
            {},
            "cache_control cannot be set for thinking blocks",
        ),
        ([TASK], {"extra_body": {"compaction": {"type": "summarize"}}}, "without the beta"),
        (
            [
                TASK,
                {"role": "assistant", "content": [{"type": "thinking", "thinking": "x", "signature": "y"}]},
            ],
            {},
            "thinking cannot be verified",
        ),
    ],
)
def test_a_broken_rule_is_refused(client: anthropic.Anthropic, messages: Any, more: Any, told: str) -> None:  # noqa: ANN401
    """As the service does, with a text that says what is wrong."""
    with pytest.raises(anthropic.BadRequestError) as caught:
        ask(client, *messages, **more)
    assert told in str(caught.value)


def test_a_body_that_is_no_json_is_refused(client: anthropic.Anthropic) -> None:
    """With a 400, not a broken connection."""
    answer = httpx2.post(
        client.base_url.join("/v1/messages"), content=b"{", headers={"x-api-key": "k"}, trust_env=False
    )
    assert answer.status_code == 400


def test_both_ways_to_send_a_key_are_known(client: anthropic.Anthropic) -> None:
    """And none at all is refused."""
    url = client.base_url.join("/v1/models/claude-opus-5-5")
    sent: list[dict[str, str]] = [{"x-api-key": "k"}, {"authorization": "Bearer k"}, {}]
    statuses = [httpx2.get(url, headers=headers, trust_env=False).status_code for headers in sent]
    assert statuses == [200, 200, 401]


def test_models_have_their_windows(client: anthropic.Anthropic) -> None:
    """Known ones; others are not found."""
    assert client.models.retrieve("claude-opus-5-5").max_input_tokens == 1_000_000
    with pytest.raises(anthropic.NotFoundError):
        client.models.retrieve("gpt-2")


def test_unknown_paths_are_not_found(client: anthropic.Anthropic) -> None:
    """Nothing else is served."""
    with pytest.raises(anthropic.NotFoundError):
        client.messages.count_tokens(model="claude-opus-5-5", messages=[{"role": "user", "content": "x"}])


def marked(*messages: dict[str, Any], top: bool = True) -> dict[str, Any]:
    system = [{"type": "text", "text": "s" * 400, "cache_control": MARK}]
    return {"system": system, "messages": list(messages), **({"cache_control": MARK} if top else {})}


def test_metering_is_what_a_cache_would_make_of_it() -> None:
    """First everything is written; then what the request before held is read, and the rest written."""
    first = meter(marked(TASK))
    second = meter(marked(TASK, called(), answered()))
    assert first[0] == first[2] == 0
    assert second == (0, sum(map(tokens_in, [*called()["content"], *answered()["content"]])), first[1])


def test_without_marks_everything_is_fresh() -> None:
    """And nothing is read."""
    fresh, written, read = meter({"messages": [TASK, called(), answered()]})
    assert (fresh > 0, written, read) == (True, 0, 0)


def test_a_cache_out_of_reach_is_not_read() -> None:
    """More than 20 blocks after the previous end, only the system prompt is found again."""
    many = {"role": "assistant", "content": [{"type": "text", "text": "x"}] * 24}
    last = {"role": "user", "content": "go on"}
    _, _, read = meter(marked(TASK, many, last))
    assert read == sum(map(tokens_in, [{"tools": None}, {"type": "text", "text": "s" * 400}]))
