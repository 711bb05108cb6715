"""MS-CQ-003: every button of the toolbar belongs to its own widget."""

import pytest
from mosaic_web.events import EventBus
from mosaic_web.live import LiveWidget
from mosaic_web.toolbar import Toolbar

NAMES = ["progress", "table", "calendar"]


@pytest.mark.parametrize("name", NAMES)
def test_refresh_reaches_its_widget(name: str) -> None:
    sent: list[str] = []
    toolbar = Toolbar([LiveWidget(each, EventBus(), each.upper, sent.append) for each in NAMES])
    toolbar.press(f"refresh:{name}")
    assert sent == [name.upper()]


@pytest.mark.parametrize("name", NAMES)
def test_close_reaches_its_widget(name: str) -> None:
    widgets = [LiveWidget(each, EventBus(), str, len) for each in NAMES]
    for widget in widgets:
        widget.open()
    Toolbar(widgets).press(f"close:{name}")
    assert [widget.name for widget in widgets if not widget.is_open] == [name]
