"""The pages as a browser sees them."""

import pytest

from mosaic_web.app import WebApp
from mosaic_web.backend import Tile
from mosaic_web.http import Page, Request
from mosaic_web.testing import MemoryBackend

COOKIES = {"mosaic_session": "abc"}


@pytest.fixture
def backend() -> MemoryBackend:
    return MemoryBackend()


def post(backend: MemoryBackend, path: str, **form: str) -> Page:
    return WebApp(backend).handle(Request("POST", path, form=form, cookies=COOKIES))


def test_a_new_tile_is_stored(backend: MemoryBackend) -> None:
    page = post(backend, "/tiles", title="Housekeeping", total="4")
    assert (page.status, page.headers["Location"]) == (303, "/")
    assert backend.stored[-1] == Tile("Housekeeping", 0, 4)


def test_a_tile_without_a_title_is_refused(backend: MemoryBackend) -> None:
    assert post(backend, "/tiles", title=" ").status == 400
    assert len(backend.stored) == 1


def test_signing_out_ends_the_session(backend: MemoryBackend) -> None:
    assert post(backend, "/logout").status == 303
    assert backend.sessions == set()


def test_a_form_that_cannot_be_stored_says_so(backend: MemoryBackend) -> None:
    backend.is_down = True
    page = post(backend, "/tiles", title="Housekeeping")
    assert page.status == 503
    assert "try again" in page.body


def test_an_unknown_path_is_not_found(backend: MemoryBackend) -> None:
    assert WebApp(backend).handle(Request("GET", "/nowhere")).status == 404
