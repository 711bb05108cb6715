"""Sample content for demonstrations."""

from mosaic_web.backend import Person, Tile

SAMPLE_PERSON = Person("Demo User")
SAMPLE_TILES = (
    Tile("Website relaunch", 14, 20),
    Tile("Quarterly report", 3, 5),
    Tile("Office move", 9, 9),
)
