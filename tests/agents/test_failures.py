"""What the agent does when the service fails."""

import threading
import time
from datetime import UTC, datetime

import anthropic
import httpx2
import pytest

from tasks_lib.agents.hold import Hold
from tasks_lib.agents.retry import BrokenStream, Patience, is_transient, usage_limit
from tasks_lib.errors import AgentError, AgentUnavailable
from tasks_lib.ports import Cause
from tests.agents.conftest import ITEM, MADE, Stage, bash, events, make_brief, recording, says


def failing(*faults: str) -> str:
    listed = ", ".join(f"{{ {fault} }}" for fault in faults)
    return recording(bash("ls"), f"faults = [{listed}]\n{says()}")


@pytest.mark.parametrize(
    "fault",
    [
        "status = 429, retry_after = 0.01",
        "status = 529, retry_after = 7200",
        "status = 408",
        "status = 500",
        "status = 529",
        'event = "overloaded_error"',
        'event = "api_error"',
        'cut = "chunked"',
        'cut = "silent"',
        'cut = "reset"',
        "html = true",
    ],
)
def test_a_failure_is_mended_by_asking_again(stage: Stage, fault: str) -> None:
    """Busy, broken, cut noticeably or silently: the same turn is asked for again."""
    work = stage.play(failing(fault, fault))
    assert work.claim is not None
    assert [event["failed"] for event in events(work, "retry")] == [1, 2]
    assert sum("trying again" in line for line in stage.said) == 2


@pytest.mark.parametrize(
    "fault", ['cut = "chunked"', 'cut = "silent"', 'cut = "reset"', 'event = "overloaded_error"']
)
def test_answers_that_break_off_are_paid_for(stage: Stage, fault: str) -> None:
    """What they were metered at counts, too."""
    work = stage.play(failing(fault))
    assert stage.server is not None
    assert work.usage.used == stage.server.metered[ITEM].used
    assert work.usage.requests == 3


def test_a_service_that_stays_away_is_unavailable(stage: Stage) -> None:
    """After the last try; the run decides about another one, and no attempt is spent."""
    with pytest.raises(AgentUnavailable, match="given up after 4 requests"):
        stage.play(failing(*["status = 529"] * 9))


def test_nobody_there_is_unavailable(stage: Stage) -> None:
    """A refused connection, before anything ran."""
    with pytest.raises(AgentUnavailable, match="given up after 4 requests"):
        stage.agent("http://127.0.0.1:9").work(make_brief(), stage.workspace, stage.said.append)


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("status = 401", "the API key is not accepted"),
        ("status = 402", "no credit left"),
        ("status = 403", "access was denied"),
        ('status = 400, message = "Your credit balance is too low to access the API"', "no credit left"),
        (
            'status = 400, message = "You have reached your specified API usage limits"',
            "raise its spend limit",
        ),
    ],
)
def test_a_final_refusal_is_an_error_at_once(stage: Stage, fault: str, told: str) -> None:
    """Nothing is repeated, and a person is told what to do."""
    with pytest.raises(AgentError, match=told) as caught:
        stage.play(failing(fault))
    assert not isinstance(caught.value, AgentUnavailable)
    assert not any("trying again" in line for line in stage.said)


def test_what_one_try_used_is_kept_when_it_is_cut_off(stage: Stage) -> None:
    """The error carries it to whoever counts."""
    with pytest.raises(AgentUnavailable) as caught:
        stage.play(failing(*["status = 529"] * 9))
    assert stage.server is not None
    usage, metered = caught.value.usage, stage.server.metered[ITEM]
    assert (usage.used, usage.requests) == (metered.used, 1)
    assert usage.used > 0


@pytest.mark.parametrize("told", ["the first", "a later"])
def test_a_conversation_that_is_refused_ends_its_attempt_only(stage: Stage, told: str) -> None:
    """Where its first request is refused already, all others would be: then a person has to act."""
    fault = "status = 400, message = 'messages.3: bad'"
    if told == "the first":
        with pytest.raises(AgentError, match="status 400: the request was refused"):
            stage.play(recording(f"faults = [{{ {fault} }}]\n{says()}"))
        return
    work = stage.play(failing(fault))
    assert (work.stopped, work.cause) == ("the service refused to go on: messages.3: bad", Cause.REFUSAL)
    assert work.usage.requests == 1


@pytest.mark.parametrize(
    "fault",
    ["status = 413", "status = 400, message = 'prompt is too long: 208310 tokens > 200000 maximum'"],
)
def test_a_conversation_that_outgrew_the_service_is_over(stage: Stage, fault: str) -> None:
    """No other attempt would end better."""
    work = stage.play(failing(fault))
    assert work.stopped.startswith("absolute context limit reached: ")
    assert work.cause is Cause.CONTEXT


def test_endless_signs_of_life_end_with_the_wall_time(stage: Stage) -> None:
    """A stream that is only kept alive does not hold the attempt."""
    work = stage.play(failing("endless = true"), timeout=1)
    assert work.stopped == "limit of 1 s of wall time (timeout) reached"


def test_waiting_can_be_ended(stage: Stage) -> None:
    """A run that is stopped does not sleep on."""
    stop = threading.Event()
    agent = stage.agent(stage.serve(failing(*["status = 529"] * 9)).url, stop=stop)

    def say(line: str) -> None:
        if "trying again" in line:
            stop.set()

    with pytest.raises(AgentError, match="being stopped"):
        agent.work(make_brief(), stage.workspace, say)


@pytest.mark.parametrize("fault", ["status = 429, retry_after = 0.2", "status = 429, resets = 0.2"])
def test_a_usage_limit_is_waited_for(stage: Stage, fault: str) -> None:
    """Until it resets, without a failure that counts, outside of the wall time; it is told once."""
    work = stage.play(failing(*[fault] * 5), timeout=30)
    assert work.claim is not None
    assert (len(events(work, "hold")), events(work, "retry")) == (5, [])
    told = [line for line in stage.said if "usage limit" in line]
    assert len(told) == 5
    assert "a usage limit is reached (recorded fault); all items wait until 20" in told[0]


def test_a_usage_limit_holds_every_conversation(stage: Stage) -> None:
    """Another item of the process asks only after the limit has reset; nothing is said twice."""
    hold, asked = Hold(), threading.Event()
    url = stage.serve(failing("status = 429, retry_after = 0.6")).url
    times: dict[str, float] = {}

    def held() -> None:
        stage.agent(url, hold=hold).work(make_brief(), stage.workspace, say)
        times["held"] = time.monotonic()

    def say(line: str) -> None:
        if "usage limit" in line:
            times["said"] = time.monotonic()
            asked.set()

    thread = threading.Thread(target=held)
    thread.start()
    assert asked.wait(30)
    other: list[str] = []
    stage.agent(url, hold=hold).probe([MADE], other.append)
    times["other"] = time.monotonic()
    thread.join(30)
    assert times["other"] - times["said"] >= 0.5
    assert times["held"] - times["said"] >= 0.5
    assert other == []


def test_a_hold_ends_with_the_run(stage: Stage) -> None:
    """Whoever stops a run does not wait for a limit to reset."""
    stop = threading.Event()
    agent = stage.agent(stage.serve(failing("status = 429, retry_after = 3600")).url, stop=stop)

    def say(line: str) -> None:
        if "usage limit" in line:
            stop.set()

    with pytest.raises(AgentError, match="being stopped"):
        agent.work(make_brief(), stage.workspace, say)


def test_a_usage_limit_beyond_patience_ends_the_run(stage: Stage) -> None:
    """With the time at which it resets, and what to do; also when it is put off again and again."""
    with pytest.raises(AgentError, match=r"it resets at 20.* UTC: wait, .* agent\.limit_patience"):
        stage.play(failing("status = 429, retry_after = 3601"), limit_patience=3600)
    with pytest.raises(AgentError, match="it resets at"):
        stage.play(failing(*["status = 429, retry_after = 0.2"] * 9), limit_patience=0.5)


NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LIMIT = "anthropic-ratelimit-"


@pytest.mark.parametrize(
    ("status", "headers", "seconds"),
    [
        (429, {"retry-after": "3600"}, 3600),
        (429, {"retry-after": "60"}, None),
        (429, {"retry-after": "5", f"{LIMIT}tokens-reset": "2026-11-22T13:00:00Z"}, None),
        (429, {f"{LIMIT}tokens-reset": "2026-11-22T13:00:00Z", f"{LIMIT}tokens-remaining": "0"}, 3600),
        (429, {f"{LIMIT}tokens-reset": "2026-11-22T13:00:00Z", f"{LIMIT}tokens-remaining": "9"}, None),
        (429, {f"{LIMIT}unified-reset": str(int(NOW.timestamp()) + 7200)}, 7200),
        (429, {f"{LIMIT}unified-reset": "soon"}, None),
        (429, {f"{LIMIT}unified-reset": "9" * 30}, None),
        (429, {}, None),
        (529, {"retry-after": "3600"}, None),
    ],
)
def test_what_is_a_usage_limit(status: int, headers: dict[str, str], seconds: float | None) -> None:
    """A 429 that asks for more than a minute: by Retry-After, else by the limits of which nothing is left."""
    assert usage_limit(status_error(status, headers), Patience(), NOW) == seconds


def status_error(status: int, headers: dict[str, str] | None = None) -> anthropic.APIStatusError:
    request = httpx2.Request("POST", "http://127.0.0.1/v1/messages")
    response = httpx2.Response(status, headers=headers, request=request)
    return anthropic.APIStatusError("no", response=response, body=None)


def test_waits_double_up_to_the_longest() -> None:
    """Half of a wait is left to chance, so that a crowd spreads."""
    patience = Patience(first=2, longest=60)
    assert [patience.seconds(n, BrokenStream(""), 1.0) for n in range(1, 8)] == [2, 4, 8, 16, 32, 60, 60]
    assert patience.seconds(1, BrokenStream(""), 0.0) == 1


@pytest.mark.parametrize(("asked", "waited"), [("5", 5), ("7200", 900), ("-1", 1), ("soon", 1)])
def test_retry_after_is_obeyed_within_reason(asked: str, waited: float) -> None:
    """Up to a quarter of an hour at a time; nonsense is not obeyed."""
    assert Patience().seconds(1, status_error(429, {"retry-after": asked}), 0.0) == waited


@pytest.mark.parametrize(
    ("status", "transient"),
    [
        (400, False),
        (401, False),
        (404, False),
        (408, True),
        (409, True),
        (429, True),
        (500, True),
        (529, True),
    ],
)
def test_only_some_statuses_pass(status: int, transient: bool) -> None:  # noqa: FBT001  a column of the table
    """What the service may mend by itself."""
    assert is_transient(status_error(status)) is transient
