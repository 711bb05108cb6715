"""Waiting for a remote that is away, without giving up what is finished."""

import time
from collections.abc import Callable
from typing import TypeVar

from tasks_lib.errors import RemoteUnavailable
from tasks_lib.ports import Leash

Value = TypeVar("Value")

PAUSE = 15.0
"""Seconds between two tries."""


def patiently(action: Callable[[], Value], budget: float, leash: Leash, pause: float = PAUSE) -> Value:
    """Repeat an action while the remote is unavailable, for ``budget`` seconds; then raise what it raised.

    The end of a run ends the waiting too.
    """
    end = time.monotonic() + budget
    while True:
        try:
            return action()
        except RemoteUnavailable:
            if time.monotonic() + pause > end or leash.stop.wait(pause):
                raise
