"""Waiting for what people will mend, without giving up what is finished."""

import time
from collections.abc import Callable
from typing import TypeVar

from tasks_lib.errors import BacklogError, RemoteUnavailable
from tasks_lib.ports import Leash

Value = TypeVar("Value")


def patiently(action: Callable[[], Value], budget: float, pause: float, leash: Leash) -> Value:
    """Repeat an action while the remote is away or the tracking file is broken.

    Raise what it raised after ``budget`` seconds; there are ``pause`` seconds between two tries. The end of
    a run ends the waiting too.
    """
    end = time.monotonic() + budget
    while True:
        try:
            return action()
        except (RemoteUnavailable, BacklogError):
            if time.monotonic() + pause > end or leash.stop.wait(pause):
                raise
