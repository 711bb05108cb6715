"""One hold for all conversations with a service: while a usage limit resets, nobody asks."""

import threading
import time

from tasks_lib.agents.service import Service

NEWS = 5.0
"""A hold that grows by fewer seconds is no news."""

_lock = threading.Lock()
_holds: dict[Service, "Hold"] = {}


class Hold:
    """How long all conversations wait before their next request. Shared by threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until = 0.0

    def extend(self, seconds: float) -> bool:
        """Hold everybody for so many seconds from now; tell whether that is news."""
        with self._lock:
            until = time.monotonic() + seconds
            is_news = until > max(self._until, time.monotonic()) + min(NEWS, seconds / 2)
            self._until = max(self._until, until)
            return is_news

    @property
    def left(self) -> float:
        """Seconds that the hold still lasts, not below 0."""
        return max(0.0, self._until - time.monotonic())


def hold_for(service: Service) -> Hold:
    """Return the hold that all agents of this process share who ask that service with that key."""
    with _lock:
        return _holds.setdefault(service, Hold())
