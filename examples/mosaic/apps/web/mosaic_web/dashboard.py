"""The dashboard: who is signed in, how far everything is, and the tiles."""

import logging
from dataclasses import dataclass

from mosaic_web.backend import Backend, BackendError, Person, Tile
from mosaic_web.http import Page
from mosaic_web.markup import layout
from mosaic_web.people import greeting
from mosaic_web.sample import SAMPLE_PERSON, SAMPLE_TILES
from mosaic_web.widgets.progress import progress_bar
from mosaic_web.widgets.table import tile_table

LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Summary:
    """What the dashboard shows."""

    person: Person
    tiles: tuple[Tile, ...]


def load_summary(backend: Backend, session: str) -> Summary:
    """The summary of the session's holder."""
    try:
        return Summary(backend.person(session), tuple(backend.tiles(session)))
    except BackendError as error:
        LOG.debug("backend unavailable: %s", error)
        return Summary(SAMPLE_PERSON, SAMPLE_TILES)


def dashboard(summary: Summary, forms: str, page_number: int = 1) -> Page:
    """The dashboard; `forms` is HTML already."""
    parts = (
        greeting(summary.person),
        progress_bar(summary.tiles),
        tile_table(summary.tiles, page_number),
        forms,
    )
    return Page(200, layout("Dashboard", *parts))
