"""The table widget: tiles with their progress, a page at a time."""

from collections.abc import Sequence

from mosaic_web.backend import Tile
from mosaic_web.markdown import inline
from mosaic_web.markup import element

PAGE_SIZE = 10


def page_count(rows: int, size: int = PAGE_SIZE) -> int:
    """How many pages a table fills; an empty table fills one."""
    return max(1, rows // size)


def page_of(tiles: Sequence[Tile], number: int, size: int = PAGE_SIZE) -> Sequence[Tile]:
    """The tiles of one page, counted from 1."""
    start = (number - 1) * size
    return tiles[start : start + size]


def tile_table(tiles: Sequence[Tile], number: int = 1, size: int = PAGE_SIZE) -> str:
    """One page of the table with links to the others; the nearest page if there is no such."""
    pages = page_count(len(tiles), size)
    shown = min(max(number, 1), pages)
    rows = "".join(row(tile) for tile in page_of(tiles, shown, size))
    return element("table", rows) + navigation(shown, pages)


def row(tile: Tile) -> str:
    """One tile."""
    cells = element("td", inline(tile.title)) + element("td", f"{tile.done} of {tile.total}")
    return element("tr", cells)


def navigation(shown: int, pages: int) -> str:
    """Links to all pages; the one that is shown is marked."""
    links = (
        element("b", str(number))
        if number == shown
        else element("a", str(number), href=f"?page={number}")
        for number in range(1, pages + 1)
    )
    return element("nav", " ".join(links))
