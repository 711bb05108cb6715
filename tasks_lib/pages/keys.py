"""The names of all pages, and the keys that they have in Prefect: the same in every run of a backlog.

A bookmark stays good, and two backlogs on one server do not write over each other's pages.
"""

import re

from tasks_lib.backlog.model import ItemId

STATUS = "status"
PLAN = "plan"
SCHEDULE = "schedule"
SUMMARY = "summary"

_UNUSUAL = re.compile("[^a-z0-9]+")


def key(backlog: str, name: str) -> str:
    """Return a page's key, ``mosaic-status``; ``backlog`` is what the configuration calls the backlog."""
    return _UNUSUAL.sub("-", f"{backlog} {name}".lower()).strip("-")


def phase_gate(number: int) -> str:
    """Return the name of what the gates of a phase found."""
    return f"phase-{number}-gate"


def attempt(item: ItemId, number: int) -> str:
    """Return the name of one attempt, ``ms-sec-001-attempt-2``."""
    return f"{item.lower()}-attempt-{number}"


def failure(item: ItemId) -> str:
    """Return the name of why an item is not done, ``ms-sec-001-failure``."""
    return f"{item.lower()}-failure"
