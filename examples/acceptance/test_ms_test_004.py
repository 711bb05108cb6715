"""MS-TEST-004: the table widget is tested, and its last page can be reached."""

from pathlib import Path

import pytest
from mosaic_web.backend import Tile
from mosaic_web.widgets.table import page_count, tile_table

TILES = [Tile(f"Tile {number:02}", number, 30) for number in range(1, 26)]


@pytest.mark.parametrize(("rows", "pages"), [(0, 1), (1, 1), (10, 1), (11, 2), (20, 2), (25, 3)])
def test_a_begun_page_counts(rows: int, pages: int) -> None:
    assert page_count(rows, 10) == pages


def test_the_last_page_is_linked_and_shown() -> None:
    assert 'href="?page=3"' in tile_table(TILES, 1, 10)
    last = tile_table(TILES, 3, 10)
    assert [f"Tile {number}" in last for number in (20, 21, 25)] == [False, True, True]


def test_the_app_tests_its_table_widget(mosaic_root: Path) -> None:
    tests = (mosaic_root / "apps/web/tests").glob("test_*.py")
    assert any("widgets.table" in test.read_text("utf-8") for test in tests)
