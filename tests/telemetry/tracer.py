"""A tracer as an SDK would bring one: it keeps what it is told."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest
from opentelemetry import trace
from opentelemetry.trace import NonRecordingSpan, Span, Status, StatusCode

from tasks_lib.telemetry import spans


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


def tracing(monkeypatch: pytest.MonkeyPatch) -> Tracer:
    """Set up a tracer for our spans alone: Prefect would keep it beyond a test."""
    tracer = Tracer()
    monkeypatch.setattr(spans, "trace", SimpleNamespace(get_tracer=lambda _name: tracer))
    return tracer
