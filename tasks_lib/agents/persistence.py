"""The one layer that repeats requests: every failure of the service passes through here."""

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import anthropic
import httpx2

from tasks_lib.agents.budget import Budget
from tasks_lib.agents.chances import AttemptEnded
from tasks_lib.agents.hold import Hold
from tasks_lib.agents.retry import (
    BrokenStream,
    Failure,
    Patience,
    describe,
    final_error,
    is_transient,
    usage_limit,
)
from tasks_lib.errors import AgentError, AgentUnavailable
from tasks_lib.ports import Say

T = TypeVar("T")

Note = Callable[..., None]
"""Told of every wait: the kind of event, then what is to be known of it by name."""


def note_nothing(_event: str, **_values: object) -> None:
    """Note nothing."""


@dataclass(frozen=True, slots=True)
class Persistence:
    """Repeats a request until it succeeds; ``stop`` ends all waiting.

    A usage limit holds everybody who shares ``hold`` until it resets, for up to ``longest_hold`` seconds.
    Waiting does not count against the attempt's wall time, nor that for a usage limit as a failure.
    """

    budget: Budget
    say: Say
    stop: threading.Event
    patience: Patience = field(default_factory=Patience)
    hold: Hold = field(default_factory=Hold)
    longest_hold: float = 86_400.0
    note: Note = note_nothing

    def run(self, request: Callable[[], T], *, passed_on: tuple[type[Exception], ...] = ()) -> T:
        """Return what the request returns; errors of the types ``passed_on`` are the caller's.

        Raise ``AgentUnavailable`` after the last try, ``AgentError`` for what no repetition mends,
        ``AttemptEnded`` when the wall time is over.
        """
        failed, held = 0, 0.0
        while True:
            self._wait_for_release()
            try:
                return request()
            except passed_on:
                raise
            except (anthropic.APIError, httpx2.TransportError, BrokenStream) as error:
                limit = usage_limit(error, self.patience, datetime.now(UTC))
                if limit is not None:
                    held += limit
                    self._hold(error, limit, held)
                    continue
                failed += 1
                self._give_up_or_wait(error, failed)

    def _hold(self, error: Failure, seconds: float, held: float) -> None:
        """Let everybody wait; it is told once, by whoever comes first."""
        until = f"{datetime.now(UTC) + timedelta(seconds=seconds):%Y-%m-%d %H:%M:%S} UTC"
        told = f"a usage limit is reached ({describe(error)})"
        if held > self.longest_hold:
            mend = "wait, raise the limit, or raise agent.limit_patience"
            raise AgentError(f"Messages API: {told}; it resets at {until}: {mend}") from error
        self.note("hold", until=until, error=describe(error))
        if self.hold.extend(seconds):
            self.say(f"{told}; all items wait until {until}")

    def _wait_for_release(self) -> None:
        while left := self.hold.left:
            # Not all at once, when it is over.
            seconds = left + random.random() * self.patience.first  # noqa: S311  spreads load, hides nothing
            self._sleep(seconds)

    def _sleep(self, seconds: float, error: Failure | None = None) -> None:
        self.budget.give_back(seconds)
        if self.stop.wait(seconds):
            raise AgentError("the run is being stopped") from error

    def _give_up_or_wait(self, error: Failure, failed: int) -> None:
        if self.stop.is_set():
            raise AgentError("the run is being stopped") from error
        if not self.budget.seconds_left:
            raise AttemptEnded(self.budget.out_of_time()) from error
        if not is_transient(error):
            raise final_error(error) from error
        if failed >= self.patience.tries:
            given_up = f"Messages API: given up after {failed} requests: {describe(error)}"
            raise AgentUnavailable(given_up) from error
        self._wait(error, failed)

    def _wait(self, error: Failure, failed: int) -> None:
        seconds = self.patience.seconds(failed, error, random.random())  # noqa: S311  spreads load, hides nothing
        self.note("retry", failed=failed, error=describe(error), seconds=round(seconds, 3))
        self.say(f"the service failed ({describe(error)}); trying again in {seconds:.0f} s")
        self._sleep(seconds, error)
