"""Spans and figures, as an SDK gets them through the API."""

import pytest
from opentelemetry.trace import StatusCode

from tasks_lib.telemetry import span, traced
from tests.telemetry.tracer import Tracer, tracing


@pytest.fixture
def tracer(monkeypatch: pytest.MonkeyPatch) -> Tracer:
    return tracing(monkeypatch)


@traced("tool", lambda name, text: {"tool": name, "characters": len(text)})
def call(name: str, text: str) -> str:
    if not text:
        raise ValueError("the secret word")
    return name + text


def test_a_call_is_a_span_inside_the_one_around_it(tracer: Tracer) -> None:
    """It has its own attributes, and the function's own value comes back."""
    with span("item", item="A-1"):
        assert call("bash", "ls") == "bashls"
    assert [(each.name, each.parent) for each in tracer.spans] == [
        ("tasks-md.item", ""),
        ("tasks-md.tool", "tasks-md.item"),
    ]
    assert tracer.spans[0].attributes == {"tasks_md.item": "A-1"}
    assert tracer.spans[1].attributes == {"tasks_md.tool": "bash", "tasks_md.characters": 2}


def test_an_error_is_told_by_its_class_alone(tracer: Tracer) -> None:
    """What an error says may hold anything, and spans go to other machines."""
    with pytest.raises(ValueError, match="secret"):
        call("bash", "")
    status = tracer.spans[0].status
    assert status is not None
    assert (status.status_code, status.description) == (StatusCode.ERROR, "ValueError")


def test_without_an_sdk_nothing_is_kept() -> None:
    """Off is the default: a span that nobody asked for is not even recorded."""
    with span("run") as current:
        assert not current.is_recording()
