"""What the agent does when the service fails."""

import threading

import anthropic
import httpx2
import pytest

from tasks_lib.agents.retry import BrokenStream, Patience, is_transient
from tasks_lib.errors import AgentError, AgentUnavailable
from tests.agents.conftest import ITEM, Stage, bash, events, make_brief, recording, says


def failing(*faults: str) -> str:
    listed = ", ".join(f"{{ {fault} }}" for fault in faults)
    return recording(bash("ls"), f"faults = [{listed}]\n{says()}")


@pytest.mark.parametrize(
    "fault",
    [
        "status = 429, retry_after = 7200",
        "status = 408",
        "status = 500",
        "status = 529",
        'event = "overloaded_error"',
        'event = "api_error"',
        'cut = "chunked"',
        'cut = "silent"',
        "html = true",
    ],
)
def test_a_failure_is_mended_by_asking_again(stage: Stage, fault: str) -> None:
    """Busy, broken, cut noticeably or silently: the same turn is asked for again."""
    work = stage.play(failing(fault, fault))
    assert work.claim is not None
    assert [event["failed"] for event in events(work, "retry")] == [1, 2]
    assert sum("trying again" in line for line in stage.said) == 2


@pytest.mark.parametrize("fault", ['cut = "chunked"', 'cut = "silent"', 'event = "overloaded_error"'])
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
        ("status = 400", "the request was refused"),
        ("status = 402", "no credit left"),
        ("status = 403", "access was denied"),
        ("status = 413", "too large"),
    ],
)
def test_a_final_refusal_is_an_error_at_once(stage: Stage, fault: str, told: str) -> None:
    """Nothing is repeated, and a person is told what to do."""
    with pytest.raises(AgentError, match=told) as caught:
        stage.play(failing(fault))
    assert not isinstance(caught.value, AgentUnavailable)
    assert not any("trying again" in line for line in stage.said)


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
