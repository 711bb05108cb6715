"""Events between the parts of an open page."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

TILE_CHANGED = "tile-changed"


@dataclass(frozen=True)
class Event:
    """Something that happened; `subject` is the title of the tile it happened to."""

    topic: str
    subject: str


Listener = Callable[[Event], None]


class EventBus:
    """Passes events on to whoever subscribed to their topic, in order of subscription."""

    def __init__(self) -> None:
        self._listeners: defaultdict[str, list[Listener]] = defaultdict(list)

    def subscribe(self, topic: str, listener: Listener) -> None:
        """Call `listener` with every event of a topic from now on."""
        self._listeners[topic].append(listener)

    def publish(self, event: Event) -> None:
        """Tell the listeners of the event's topic."""
        for listener in tuple(self._listeners[event.topic]):
            listener(event)

    def listener_count(self, topic: str) -> int:
        """How many listeners a topic has."""
        return len(self._listeners[topic])
