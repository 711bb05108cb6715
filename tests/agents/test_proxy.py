"""The proxy that adds the key: the real SDK on one side of it, the replay on the other."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import anthropic
import httpx2
import pytest

from tasks_lib.agents.budget import Budget
from tasks_lib.agents.proxy import Account, KeyProxy
from tasks_lib.agents.proxy.tally import Metered, Tally
from tasks_lib.agents.service import Service
from tasks_lib.config import AgentConfig
from tests.agents.conftest import ITEM, KEY, Stage, bash, recording, says

MODEL = "claude-opus-5-5"
ASSIGNMENT = f"## Task Assignment: {ITEM}\n\n**Attempt:** 1 of 3\n"
BASH: Any = {"type": "bash_20250124", "name": "bash"}


@contextmanager
def proxied(url: str, **config: object) -> Iterator[tuple[KeyProxy, anthropic.Anthropic]]:
    """Give a proxy to the service at ``url``, and a client without the key that asks it."""
    limits = AgentConfig.model_validate(config)
    account = Account(Budget(limits), limits.models)
    with KeyProxy(Service(KEY, url), account) as proxy:
        http = httpx2.Client(transport=httpx2.HTTPTransport(uds=str(proxy.path)), trust_env=False)
        with anthropic.Anthropic(
            api_key="door", base_url="http://door", max_retries=0, http_client=http
        ) as client:
            yield proxy, client


def ask(
    client: anthropic.Anthropic,
    **more: Any,  # noqa: ANN401  any parameter of the API
) -> anthropic.types.beta.BetaMessage:
    wishes: dict[str, Any] = {
        "model": MODEL,
        "max_tokens": 1000,
        "tools": [BASH],
        "messages": [{"role": "user", "content": ASSIGNMENT}],
    }
    with client.beta.messages.stream(**(wishes | more)) as stream:
        return stream.get_final_message()


def test_the_key_is_added_and_the_tokens_are_counted(stage: Stage) -> None:
    """Who asks has no key; what is counted is what the service metered, to the token, and what it costs."""
    server = stage.serve(recording(bash("ls"), says()), api_key=KEY)
    with proxied(server.url) as (proxy, client):
        message = ask(client)
        plain = client.messages.create(
            model=MODEL, max_tokens=9, tools=[BASH], messages=[{"role": "user", "content": ASSIGNMENT}]
        )
    assert [block.type for block in message.content] == ["text", "tool_use"]
    assert [block.type for block in plain.content] == ["text", "tool_use"]
    usage = proxy.account.usage
    assert replace(usage, cost=0.0) == server.metered[ITEM]
    assert usage.cost == pytest.approx((usage.input * 4 + usage.output * 20) / 1_000_000)


def test_compactions_are_counted(stage: Stage) -> None:
    """What a compaction costs is told apart by the service, and belongs to the sum."""
    server = stage.serve(recording(bash("ls"), says()))
    with proxied(server.url) as (proxy, client):
        message = ask(client, compaction={"type": "summarize"}, betas=["compact-2026-09-04"])
    assert message.content[0].type == "compaction"
    assert replace(proxy.account.usage, cost=0.0) == server.metered[ITEM]
    assert proxy.account.usage.used > 0


def test_an_answer_that_breaks_off_is_counted(stage: Stage) -> None:
    """What was told before the cut has been spent; the cut is passed on."""
    cut = says().replace("text =", 'faults = [{ cut = "chunked" }]\ntext =', 1)
    server = stage.serve(recording(cut))
    with proxied(server.url) as (proxy, client), pytest.raises(httpx2.RemoteProtocolError):
        ask(client)
    assert replace(proxy.account.usage, cost=0.0) == server.metered[ITEM]


def test_an_answer_is_passed_on_while_it_comes(stage: Stage) -> None:
    """Of an answer that never ends, the beginning arrives."""
    server = stage.serve(recording(says().replace("text =", "faults = [{ endless = true }]\ntext =", 1)))
    with (
        proxied(server.url) as (_, client),
        client.beta.messages.stream(
            model=MODEL, max_tokens=9, messages=[{"role": "user", "content": ASSIGNMENT}]
        ) as stream,
    ):
        assert next(iter(stream)).type == "message_start"


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ({"max_used": 10}, r"limit of 10 fresh tokens \(max_used\) reached"),
        ({"max_cost": 0.000001}, r"limit of \$0.00 \(max_cost\) reached"),
        ({"max_turns": 1}, r"limit of 1 turns \(max_turns\) reached"),
    ],
)
def test_a_limit_closes_the_account(stage: Stage, limits: dict[str, object], words: str) -> None:
    """The request after the one that met a limit is refused with the limit, and never reaches the service."""
    server = stage.serve(recording(bash("ls"), says()))
    with proxied(server.url, **limits) as (proxy, client):
        ask(client)
        with pytest.raises(anthropic.BadRequestError, match=words):
            ask(client)
    assert server.metered[ITEM].requests == 1
    assert proxy.account.exceeded.startswith("limit of")


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"tools": [{"type": "web_search_20250305", "name": "web_search"}]}, "web_search_20250305 is run by"),
        ({"tools": [{"type": "code_execution_20250825", "name": "code_execution"}]}, "code_execution_2025"),
        ({"mcp_servers": [{"type": "url", "url": "https://evil.example", "name": "x"}]}, "mcp_servers: not"),
        ({"model": "claude-unheard-of"}, 'no prices are known for "claude-unheard-of"'),
        (
            {
                "messages": [
                    {
                        "role": "user",
                        "content": [
                            {"type": "image", "source": {"type": "url", "url": "https://evil.example/?key"}}
                        ],
                    }
                ]
            },
            "a source of type url",
        ),
    ],
)
def test_the_service_is_no_way_out(stage: Stage, wish: dict[str, Any], words: str) -> None:
    """A command without network cannot make the service reach out for it, nor spend what nobody can count."""
    server = stage.serve(recording(says()))
    with proxied(server.url) as (_, client), pytest.raises(anthropic.BadRequestError, match=words):
        ask(client, **wish)
    assert server.metered == {}


def test_only_what_is_needed_can_be_reached(stage: Stage) -> None:
    """Models can be looked up; files, batches and administration are not there."""
    server = stage.serve(recording(says()), api_key=KEY)
    with proxied(server.url) as (_, client):
        assert client.models.retrieve(MODEL).id == MODEL
        for path in ("/v1/files", "/v1/messages/batches", "/v1/organizations/me", "/"):
            with pytest.raises(anthropic.NotFoundError):
                client.get(path, cast_to=object)


def test_a_failure_of_the_service_is_passed_on_and_remembered(stage: Stage) -> None:
    """Status, words and Retry-After reach who asks; an answer later, the trouble is over."""
    fault = "faults = [{ status = 529, retry_after = 7 }]\ntext ="
    server = stage.serve(recording(says().replace("text =", fault, 1)))
    with proxied(server.url) as (proxy, client):
        with pytest.raises(anthropic.APIStatusError) as failure:
            ask(client)
        assert (failure.value.status_code, failure.value.response.headers["retry-after"]) == (529, "7")
        trouble = proxy.account.trouble
        assert (trouble and trouble.status, trouble and trouble.words) == (529, "recorded fault")
        ask(client)
        assert proxy.account.trouble is None


def test_a_service_that_is_away_is_said() -> None:
    """No answer at all is an answer with status 502, worth a retry."""
    with proxied("http://127.0.0.1:9") as (proxy, client):
        with pytest.raises(anthropic.InternalServerError, match="does not answer: ConnectError"):
            ask(client)
        assert proxy.account.trouble is not None
        assert proxy.account.trouble.status == 0


def test_the_tally_reads_pieces_of_any_size() -> None:
    """The figures of the end count; lines may be cut anywhere."""
    answer = (
        b'event: message_start\ndata: {"type":"message_start","message":{"usage":'
        b'{"input_tokens":3,"cache_read_input_tokens":5,"output_tokens":1}}}\n\n'
        b'event: message_delta\ndata: {"type": "message_delta","usage":{"output_tokens":9}}\r\n\r\n'
    )
    tally = Tally(streamed=True)
    for place in range(len(answer)):
        tally.feed(answer[place : place + 1])
    figures = tally.figures()
    assert figures is not None
    assert figures.request == Metered(input_tokens=3, cache_read_input_tokens=5, output_tokens=9)


def test_an_answer_without_figures_counts_nothing() -> None:
    """A web page in place of an answer costs no tokens."""
    tally = Tally(streamed=False)
    tally.feed(b"<html></html>")
    assert tally.figures() is None
