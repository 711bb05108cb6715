"""The buttons above the live widgets of a page."""

from collections.abc import Callable, Iterable

from mosaic_web.live import LiveWidget
from mosaic_web.markup import element


class Toolbar:
    """A refresh and a close button for every widget."""

    def __init__(self, widgets: Iterable[LiveWidget]) -> None:
        self._handlers: dict[str, Callable[[], None]] = {}
        for widget in widgets:
            self._handlers[f"refresh:{widget.name}"] = lambda: widget.redraw()
            self._handlers[f"close:{widget.name}"] = lambda: widget.close()

    def press(self, button: str) -> None:
        """Do what a button stands for; raises KeyError when there is no such button."""
        self._handlers[button]()

    def html(self) -> str:
        """The buttons, in the order of the widgets."""
        buttons = (element("button", name, value=name) for name in self._handlers)
        return element("div", "".join(buttons), class_="toolbar")
