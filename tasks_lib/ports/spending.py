"""What attempts have used, whatever became of their tries."""

import threading
from collections import defaultdict

from tasks_lib.backlog.model import ItemId
from tasks_lib.usage import Usage


class Spending:
    """Counts what each attempt has used, over all its tries: also those that the service cut off.

    One is shared by the threads of a run.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._spent: defaultdict[tuple[ItemId, int], Usage] = defaultdict(Usage)

    def add(self, item: ItemId, attempt: int, usage: Usage) -> Usage:
        """Count what one try has used; return what the attempt has used by now."""
        with self._lock:
            self._spent[item, attempt] += usage
            return self._spent[item, attempt]
