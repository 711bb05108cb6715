"""Live widgets: parts of an open page that redraw themselves when a tile changes."""

from collections.abc import Callable

from mosaic_web.events import TILE_CHANGED, Event, EventBus

Draw = Callable[[], str]
Send = Callable[[str], None]


class LiveWidget:
    """A widget of one open page; `send` carries its HTML to the browser."""

    def __init__(self, name: str, bus: EventBus, draw: Draw, send: Send) -> None:
        self.name = name
        self.is_open = False
        self._bus = bus
        self._draw = draw
        self._send = send

    def open(self) -> None:
        """Show the widget and keep it up to date."""
        self.is_open = True
        self._bus.subscribe(TILE_CHANGED, self._on_change)
        self.redraw()

    def close(self) -> None:
        """Stop updating the widget, as its page was left."""
        self.is_open = False

    def redraw(self) -> None:
        """Send the widget as it looks now."""
        self._send(self._draw())

    def _on_change(self, event: Event) -> None:
        if self.is_open:
            self.redraw()
