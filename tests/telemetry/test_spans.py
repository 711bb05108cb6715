"""Spans and figures, as an SDK gets them through the API."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from opentelemetry import trace
from opentelemetry.trace import NonRecordingSpan, Span, Status, StatusCode

from tasks_lib.telemetry import span, traced


@dataclass
class Kept(NonRecordingSpan):
    """What was told of one span."""

    name: str
    parent: str
    attributes: Mapping[str, object] = field(default_factory=dict)
    status: Status | None = None

    def __post_init__(self) -> None:
        super().__init__(trace.INVALID_SPAN_CONTEXT)

    def set_status(self, status: Status | StatusCode, description: str | None = None) -> None:
        assert isinstance(status, Status), description
        self.status = status


class Tracer(trace.NoOpTracer):
    """Keeps every span, with the name of the one that it is in."""

    def __init__(self) -> None:
        self.spans: list[Kept] = []

    @contextmanager
    def start_as_current_span(self, name: str, **more: object) -> Iterator[Span]:  # type: ignore[override]  # only what we use
        outer = trace.get_current_span()
        attributes = more["attributes"]
        assert isinstance(attributes, dict)
        kept = Kept(name, outer.name if isinstance(outer, Kept) else "", attributes)
        self.spans.append(kept)
        with trace.use_span(kept, record_exception=False, set_status_on_exception=False):
            yield kept


@pytest.fixture
def tracer(monkeypatch: pytest.MonkeyPatch) -> Tracer:
    tracer = Tracer()
    monkeypatch.setattr(trace, "get_tracer", lambda _name: tracer)
    return tracer


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
