"""Waiting for a remote that is away, without giving up what is finished."""

import time
from collections.abc import Callable
from typing import TypeVar

from tasks_lib.errors import RemoteUnavailable
from tasks_lib.ports import Leash

Value = TypeVar("Value")


def patiently(action: Callable[[], Value], budget: float, pause: float, leash: Leash) -> Value:
    """Repeat an action while the remote is unavailable; raise what it raised after ``budget`` seconds.

    There are ``pause`` seconds between two tries. The end of a run ends the waiting too.
    """
    end = time.monotonic() + budget
    while True:
        try:
            return action()
        except RemoteUnavailable:
            if time.monotonic() + pause > end or leash.stop.wait(pause):
                raise
