"""Live widgets and their toolbar."""

import pytest

from mosaic_web.events import TILE_CHANGED, Event, EventBus
from mosaic_web.live import LiveWidget
from mosaic_web.toolbar import Toolbar

CHANGE = Event(TILE_CHANGED, "Release 2")


def test_an_open_widget_redraws_when_a_tile_changes() -> None:
    bus, sent = EventBus(), list[str]()
    LiveWidget("progress", bus, lambda: "<p>50 %</p>", sent.append).open()
    bus.publish(CHANGE)
    assert sent == ["<p>50 %</p>", "<p>50 %</p>"]


def test_a_closed_widget_does_not() -> None:
    bus, sent = EventBus(), list[str]()
    widget = LiveWidget("progress", bus, lambda: "<p>50 %</p>", sent.append)
    widget.open()
    widget.close()
    bus.publish(CHANGE)
    assert len(sent) == 1


def test_events_reach_only_the_listeners_of_their_topic() -> None:
    bus, heard = EventBus(), list[Event]()
    bus.subscribe("tile-removed", heard.append)
    bus.publish(CHANGE)
    assert heard == []


def test_the_refresh_button_redraws_the_widget() -> None:
    sent = list[str]()
    widget = LiveWidget("progress", EventBus(), lambda: "<p>50 %</p>", sent.append)
    Toolbar([widget]).press("refresh:progress")
    assert sent == ["<p>50 %</p>"]


def test_an_unknown_button_is_an_error() -> None:
    with pytest.raises(KeyError):
        Toolbar([]).press("refresh:progress")


def test_the_toolbar_shows_two_buttons_for_a_widget() -> None:
    widget = LiveWidget("progress", EventBus(), str, print)
    assert Toolbar([widget]).html().count("<button") == 2
