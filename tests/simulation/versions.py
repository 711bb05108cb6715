"""The versions of the tracking file that runs pushed, and what they changed."""

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from tasks_lib.backlog.model import Item, ItemStatus
from tests.simulation.day import Day
from tests.simulation.remote import MAIN, Commit, Landing
from tests.simulation.text import soundly


def by_runs(day: Day) -> Iterator[tuple[Landing, Commit, Commit]]:
    """Yield each push of a status commit, with the commit and its parent."""
    for landing in day.remote.landings:
        made = day.remote.commits[landing.after[MAIN]]
        if landing.moved(MAIN) and made.operation:
            yield landing, day.remote.commits[made.parents[0]], made


@lru_cache(maxsize=1024)
def changed_rows(before: Commit, after: Commit) -> tuple[tuple[Item, Item], ...]:
    """Return the rows that differ, as they were and as they are."""
    old, new = soundly(before.text), soundly(after.text)
    pairs = [(old[item.id], item) for item in new or () if old and item.id in old]
    return tuple((one, other) for one, other in pairs if replace(one, line=other.line) != other)


def begins(old: Item, new: Item) -> bool:
    """Tell whether a change of a row by a run is a beginning, the first or another one."""
    same = (old.status, old.started_at, old.agent) == (new.status, new.started_at, new.agent)
    return new.status is ItemStatus.IN_PROGRESS and not same
