"""What the coordinator remembers between two starts."""

import json
from pathlib import Path
from typing import Any

State = dict[str, Any]


class StateFile:
    """A JSON file that is read once at the start and written after every change."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> State:
        """The remembered state; empty at the very first start."""
        try:
            text = self._path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return {}
        state: State = json.loads(text)
        return state

    def save(self, state: State) -> None:
        """Remember `state`, which must be representable in JSON."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("w", encoding="utf-8") as stream:
            json.dump(state, stream, indent=2, sort_keys=True)
