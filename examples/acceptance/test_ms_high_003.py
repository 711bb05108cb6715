"""MS-HIGH-003: when the backend fails, the dashboard says so and invents nothing."""

from mosaic_web.app import WebApp
from mosaic_web.backend import BackendError, Person, Tile
from mosaic_web.http import Page, Request


class Backend:
    """Answers `until_failure` calls, then no more."""

    def __init__(self, until_failure: int) -> None:
        self._left = until_failure

    def person(self, session: str) -> Person:
        self._answer()
        return Person("Ada Lovelace")

    def tiles(self, session: str) -> list[Tile]:
        self._answer()
        return [Tile("Release 2", 3, 8)]

    def add_tile(self, session: str, tile: Tile) -> None:
        self._answer()

    def sign_out(self, session: str) -> None:
        self._answer()

    def _answer(self) -> None:
        if self._left == 0:
            raise BackendError("connection refused")
        self._left -= 1


def dashboard(backend: Backend) -> Page:
    return WebApp(backend).handle(Request("GET", "/", cookies={"mosaic_session": "abc"}))


def test_a_backend_that_is_down_gives_an_error_page() -> None:
    page = dashboard(Backend(0))
    assert page.status >= 500
    assert "Demo User" not in page.body
    assert "Website relaunch" not in page.body


def test_so_does_one_that_fails_half_way() -> None:
    page = dashboard(Backend(1))
    assert page.status >= 500
    assert "steps" not in page.body


def test_a_backend_that_answers_gives_its_own_tiles() -> None:
    page = dashboard(Backend(2))
    assert page.status == 200
    assert "Release 2" in page.body
