"""Pages on their way to the Prefect server, in a thread of their own.

A page that cannot be written holds nobody up and fails nothing: it waits for the server to come back, and the
newest version of it is the one that is sent.
"""

import threading
import time
from collections.abc import Callable

import httpx
from prefect.logging import get_logger
from prefect.utilities.context import get_task_and_flow_run_ids

from tasks_lib.engine.publishing.server_pages import ServerPages
from tasks_lib.pages.outbox import Outbox, Page

_AGAIN = frozenset({httpx.codes.REQUEST_TIMEOUT, httpx.codes.TOO_MANY_REQUESTS})
"""Refusals that pass."""

Send = Callable[[Page], None]
"""Writes a page on the server; raises ``httpx.HTTPError``, ``OSError`` or ``ValueError``."""


class Publisher:
    """Sends pages; ``say`` is told once when the server goes away and once when it is back."""

    def __init__(self, send: Send, say: Callable[[str], None]) -> None:
        self._send, self._say = send, say
        self._changed = threading.Condition()
        self._outbox = Outbox()
        self._sending = self._hurry = False
        self._thread: threading.Thread | None = None

    def put(self, page: Page) -> None:
        """Take a page to be sent, in place of an older version of it that still waits."""
        with self._changed:
            self._outbox.put(page)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="pages", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def flush(self, seconds: float) -> bool:
        """Send everything now, and wait for it so long at most; return whether all of it is sent."""
        with self._changed:
            self._hurry = True
            self._changed.notify_all()
            sent = self._changed.wait_for(lambda: not self._outbox.waiting and not self._sending, seconds)
            self._hurry = False
            return sent

    def _work(self) -> None:
        while True:
            page = self._next()
            try:
                self._send(page)
            except (httpx.HTTPError, OSError, ValueError) as error:
                self._failed(page, error)
            else:
                self._sent(page)

    def _next(self) -> Page:
        """Wait for a page that is due and take it."""
        with self._changed:
            while True:
                seconds = self._outbox.seconds_to_wait(time.monotonic())
                if seconds is not None and (seconds <= 0 or (self._hurry and not self._outbox.in_outage)):
                    self._sending = True
                    return self._outbox.take()
                self._changed.wait(seconds)

    def _sent(self, page: Page) -> None:
        with self._changed:
            if self._outbox.in_outage:
                self._say("Pages are written again")
            self._outbox.sent(page, time.monotonic())
            self._sending = False
            self._changed.notify_all()

    def _failed(self, page: Page, error: Exception) -> None:
        with self._changed:
            if _lasts(error):
                self._say(f"The page {page.key} is left out, the server refuses it: {error}")
            else:
                if not self._outbox.in_outage:
                    self._say(
                        f"Pages cannot be written now and follow later: {type(error).__name__}: {error}"
                    )
                self._outbox.failed(page, time.monotonic())
            self._sending = False
            self._changed.notify_all()


def _lasts(error: Exception) -> bool:
    """Tell whether the same page would be refused again."""
    if isinstance(error, httpx.HTTPStatusError):
        return error.response.is_client_error and error.response.status_code not in _AGAIN
    return not isinstance(error, httpx.HTTPError | OSError)


_publisher = Publisher(ServerPages().write, get_logger("tasks_md.pages").warning)


def publish(key: str, text: str, description: str) -> None:
    """Send a page as an artifact of the run that calls; return at once."""
    task_run, flow_run = get_task_and_flow_run_ids()
    _publisher.put(Page(key, text, description, flow_run, task_run))


def flush_pages(seconds: float = 20.0) -> bool:
    """Wait until all pages of this process are on the server, so long at most; return whether they are."""
    return _publisher.flush(seconds)
