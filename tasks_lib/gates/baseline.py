"""Runs on untouched bases, made once each within a run."""

import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from tasks_lib.config import GateConfig
from tasks_lib.gates.runs import Run


@dataclass(frozen=True, slots=True)
class Key:
    """What a run on a base depends on: its commit, the repo's directory and the gate."""

    commit: str
    directory: str
    gate: GateConfig


class Baselines:
    """Remembers them; asked for the same one by several items at once, it makes it once."""

    def __init__(self) -> None:
        self._made: dict[Key, Run] = {}
        self._locks: defaultdict[Key, threading.Lock] = defaultdict(threading.Lock)
        self._all = threading.Lock()

    def get(self, key: Key, make: Callable[[], Run]) -> Run:
        """Return the run on a base; what ``make`` raises is raised, and nothing is remembered then."""
        with self._all:
            lock = self._locks[key]
        with lock:
            if key not in self._made:
                self._made[key] = make()
            return self._made[key]
