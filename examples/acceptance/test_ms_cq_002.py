"""MS-CQ-002: a closed widget leaves nothing behind."""

import gc
import weakref

from mosaic_web.events import TILE_CHANGED, Event, EventBus
from mosaic_web.live import LiveWidget


def test_closed_widgets_are_let_go() -> None:
    bus = EventBus()
    widgets = [LiveWidget(f"w{number}", bus, str, len) for number in range(10)]
    for widget in widgets:
        widget.open()
        widget.close()
    gone = [weakref.ref(widget) for widget in widgets]
    del widget, widgets
    gc.collect()
    assert [reference() for reference in gone] == [None] * 10
    assert bus.listener_count(TILE_CHANGED) == 0


def test_an_open_widget_is_kept_up_to_date() -> None:
    bus, sent = EventBus(), list[str]()
    widget = LiveWidget("progress", bus, lambda: "50 %", sent.append)
    widget.open()
    bus.publish(Event(TILE_CHANGED, "Release 2"))
    assert sent == ["50 %", "50 %"]


def test_a_reopened_widget_redraws_once() -> None:
    bus, sent = EventBus(), list[str]()
    widget = LiveWidget("progress", bus, lambda: "50 %", sent.append)
    widget.open()
    widget.close()
    widget.open()
    sent.clear()
    bus.publish(Event(TILE_CHANGED, "Release 2"))
    assert sent == ["50 %"]
