"""Pages that wait to be sent: the newest version of each, and not too often."""

from dataclasses import dataclass, field
from uuid import UUID

PAUSE = 2.0
"""Seconds between two versions of one page."""

_FIRST_WAIT, _LONGEST_WAIT = 2.0, 60.0


@dataclass(frozen=True, slots=True)
class Page:
    """One version of a page; ``key`` names it, the ids are of the Prefect runs that it belongs to."""

    key: str
    text: str
    description: str
    flow_run: UUID | None = None
    task_run: UUID | None = None


@dataclass
class Outbox:
    """What is to be sent and when; times are seconds of any clock that only goes forward."""

    waiting: dict[str, Page] = field(default_factory=dict)
    _sent: dict[str, Page] = field(default_factory=dict)
    _due: dict[str, float] = field(default_factory=dict)
    _quiet_until: float = 0.0
    _wait: float = 0.0

    @property
    def in_outage(self) -> bool:
        """Whether the last page could not be sent."""
        return self._wait > 0

    def put(self, page: Page) -> None:
        """Take a page in place of an older version of it; do nothing when just this is sent already."""
        if self._sent.get(page.key) == page:
            self.waiting.pop(page.key, None)
        else:
            self.waiting[page.key] = page

    def seconds_to_wait(self, now: float) -> float | None:
        """Return when a page is due, in seconds from now; None when none is waiting."""
        due = min((self._due.get(key, 0.0) for key in self.waiting), default=None)
        return None if due is None else max(0.0, max(due, self._quiet_until) - now)

    def take(self) -> Page:
        """Take the page that is due first; there must be one."""
        return self.waiting.pop(min(self.waiting, key=lambda key: self._due.get(key, 0.0)))

    def sent(self, page: Page, now: float) -> None:
        """Note that a page has arrived."""
        self._sent[page.key] = page
        self._due[page.key] = now + PAUSE
        self._wait = self._quiet_until = 0.0

    def failed(self, page: Page, now: float) -> None:
        """Put a page back unless a newer version is waiting, and leave the server alone for a while."""
        self.waiting.setdefault(page.key, page)
        self._wait = min(max(_FIRST_WAIT, 2 * self._wait), _LONGEST_WAIT)
        self._quiet_until = now + self._wait
