"""Spans: run, phase, item, attempt, turn, tool, gate, one inside the other; phase gates and pushes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

from opentelemetry import trace
from opentelemetry.trace import Span, Status, StatusCode

Given = ParamSpec("Given")
Value = TypeVar("Value")
Attribute = str | int | float | bool

NAME = "tasks-md"


@contextmanager
def span(name: str, **attributes: Attribute) -> Iterator[Span]:
    """Be a span ``tasks-md.<name>``; an error ends it as failed, by the name of its class alone."""
    tracer = trace.get_tracer(NAME)
    named = {f"tasks_md.{key}": value for key, value in attributes.items()}
    with tracer.start_as_current_span(
        f"{NAME}.{name}", attributes=named, record_exception=False, set_status_on_exception=False
    ) as current:
        try:
            yield current
        except BaseException as error:
            current.set_status(Status(StatusCode.ERROR, type(error).__name__))
            raise


def traced(
    name: str, attributes: Callable[..., dict[str, Attribute]] | None = None
) -> Callable[[Callable[Given, Value]], Callable[Given, Value]]:
    """Make each call of a function a span; ``attributes`` makes its attributes of the call's arguments."""

    def decorate(function: Callable[Given, Value]) -> Callable[Given, Value]:
        @wraps(function)
        def call(*args: Given.args, **kwargs: Given.kwargs) -> Value:
            with span(name, **(attributes(*args, **kwargs) if attributes else {})):
                return function(*args, **kwargs)

        return call

    return decorate
