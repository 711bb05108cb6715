"""The one layer that repeats requests: every failure of the service passes through here."""

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

import anthropic
import httpx2

from tasks_lib.agents.budget import Budget
from tasks_lib.agents.chances import AttemptEnded
from tasks_lib.agents.retry import BrokenStream, Failure, Patience, describe, final_error, is_transient
from tasks_lib.errors import AgentError, AgentUnavailable
from tasks_lib.ports import Say

T = TypeVar("T")

Note = Callable[[int, str, float], None]
"""Told of every wait: failures so far, what failed, seconds."""


@dataclass(frozen=True, slots=True)
class Persistence:
    """Repeats a request until it succeeds; ``stop`` ends all waiting.

    Waiting does not count against the attempt's wall time.
    """

    budget: Budget
    say: Say
    stop: threading.Event
    patience: Patience = field(default_factory=Patience)
    note: Note | None = None

    def run(self, request: Callable[[], T], *, passed_on: tuple[type[Exception], ...] = ()) -> T:
        """Return what the request returns; errors of the types ``passed_on`` are the caller's.

        Raise ``AgentUnavailable`` after the last try, ``AgentError`` for what no repetition mends,
        ``AttemptEnded`` when the wall time is over.
        """
        failed = 0
        while True:
            try:
                return request()
            except passed_on:
                raise
            except (anthropic.APIError, httpx2.TransportError, BrokenStream) as error:
                failed += 1
                self._give_up_or_wait(error, failed)

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
        if self.note:
            self.note(failed, describe(error), seconds)
        self.say(f"the service failed ({describe(error)}); trying again in {seconds:.0f} s")
        self.budget.give_back(seconds)
        if self.stop.wait(seconds):
            raise AgentError("the run is being stopped") from error
