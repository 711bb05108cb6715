"""The dashboard."""

from mosaic_web.app import WebApp
from mosaic_web.http import Page, Request
from mosaic_web.testing import MemoryBackend


def show(backend: MemoryBackend, session: str = "abc") -> Page:
    return WebApp(backend).handle(Request("GET", "/", cookies={"mosaic_session": session}))


def test_the_dashboard_greets_by_name() -> None:
    assert "Signed in as <b>Ada Lovelace</b>" in show(MemoryBackend()).body


def test_the_dashboard_lists_tiles_and_their_progress() -> None:
    body = show(MemoryBackend()).body
    assert "Release 2" in body
    assert "3 of 8 steps (37 %)" in body


def test_who_is_not_signed_in_is_asked_to() -> None:
    assert show(MemoryBackend(), session="stale").status == 401


def test_a_backend_that_is_down_leaves_a_readable_page() -> None:
    page = show(MemoryBackend(is_down=True))
    assert page.status == 200
    assert "<table>" in page.body
