"""MS-TEST-003: the progress widget is tested, and works without any tiles."""

from pathlib import Path

import pytest
from mosaic_web.backend import Tile
from mosaic_web.widgets.progress import percent, progress_bar


@pytest.mark.parametrize("tiles", [[], [Tile("planned", 0, 0)]])
def test_nothing_to_do_is_shown_as_nothing_done(tiles: list[Tile]) -> None:
    assert "0 of 0 steps (0 %)" in progress_bar(tiles)


@pytest.mark.parametrize(("done", "total", "expected"), [(0, 8, 0), (3, 8, 37), (8, 8, 100)])
def test_percent_is_rounded_down(done: int, total: int, expected: int) -> None:
    assert percent(done, total) == expected


def test_the_app_tests_its_progress_widget(mosaic_root: Path) -> None:
    tests = (mosaic_root / "apps/web/tests").glob("test_*.py")
    assert any("widgets.progress" in test.read_text("utf-8") for test in tests)
