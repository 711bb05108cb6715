"""Ending work early, at the next word that an agent says."""

import threading

from tasks_lib.backlog.model import ItemId
from tasks_lib.errors import ItemChanged, RunStopped


class Leash:
    """Ends the work on one item (a person removed its row), or all of it (a person stops the run).

    One is shared by the threads of a run; setting ``stop`` also ends waiting and commands at work.
    """

    def __init__(self) -> None:
        self.stop = threading.Event()
        self._dropped: set[ItemId] = set()

    def drop(self, item: ItemId) -> None:
        """End the work on an item."""
        self._dropped.add(item)

    def check(self, item: ItemId) -> None:
        """Raise ``RunStopped`` or ``ItemChanged`` when the work on the item is to end."""
        if self.stop.is_set():
            raise RunStopped("the run was ended by a person or the system")
        if item in self._dropped:
            raise ItemChanged(f"{item} is not in the tracking file any more")
