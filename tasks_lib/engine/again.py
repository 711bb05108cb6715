"""Asking for an item to be tried once more, as a person does, and leaving it to whoever holds the lock."""

import time
from collections.abc import Callable
from typing import TypeVar

from tasks_lib.backlog.model import ItemId, ItemStatus
from tasks_lib.bootstrap import persons_ledger
from tasks_lib.config import RunConfig
from tasks_lib.engine.links import flow_run_link
from tasks_lib.errors import LockHeld
from tasks_lib.planning.entries import asked_again
from tasks_lib.ports import Ledger

Value = TypeVar("Value")

_PAUSE = 2.0
"""Seconds between two looks whether the run at work has taken the item."""


def ask_again(config: RunConfig, item: ItemId, note: str) -> None:
    """Set the row of a failed or blocked item back to not-started, with a note to the agent.

    It is an ordinary commit, for which nobody needs the lock: from then on the next run does the item, or
    the one at work, even when this process ends. Raise ``ItemChanged`` for a row of any other status.
    """
    ledger = persons_ledger(config)
    ledger.record(lambda backlog: asked_again(backlog, item, note), f"{item}: to be tried again", item)


def unless_taken(item: ItemId, ledger: Ledger, budget: float, work: Callable[[], Value]) -> Value:
    """Do work that needs the lock, unless another run takes the item: then raise its ``LockHeld``.

    A run that holds the lock may be at its last step and not look at the file any more, so the lock is asked
    for again until the item is taken. After ``budget`` seconds the other run has looked, and will take it.
    """
    end = time.monotonic() + budget
    while True:
        try:
            return work()
        except LockHeld:
            if ledger.read()[item].status is not ItemStatus.NOT_STARTED or time.monotonic() > end:
                raise
        time.sleep(min(_PAUSE, budget))


def handed_over_words(item: ItemId, held: LockHeld) -> str:
    """Say who does the item, with a link where this server knows that run."""
    link = flow_run_link(held.run)
    return f"{item} is done by the run that is at work: {link or held.run}\n{held}"
