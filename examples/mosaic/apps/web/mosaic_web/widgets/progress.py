"""The progress widget: one bar for all tiles together."""

from collections.abc import Sequence

from mosaic_web.backend import Tile
from mosaic_web.markup import element


def percent(done: int, total: int) -> int:
    """Whole percent, rounded down, so that 100 means finished."""
    return done * 100 // total


def progress_bar(tiles: Sequence[Tile]) -> str:
    """How many of all steps are done."""
    done = sum(tile.done for tile in tiles)
    total = sum(tile.total for tile in tiles)
    share = percent(done, total)
    bar = element("div", "", class_="bar", style=f"width: {share}%")
    return element("div", f"{bar}{done} of {total} steps ({share} %)", class_="progress")
