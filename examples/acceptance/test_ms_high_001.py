"""MS-HIGH-001: forms are accepted from our own pages only."""

from html.parser import HTMLParser

import pytest
from mosaic_web.app import WebApp
from mosaic_web.backend import Person, Tile
from mosaic_web.http import Page, Request


class Backend:
    """Signs everybody in and remembers what it is asked to do."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    def person(self, session: str) -> Person:
        return Person("Ada")

    def tiles(self, session: str) -> list[Tile]:
        return [Tile("Release 2", 3, 8)]

    def add_tile(self, session: str, tile: Tile) -> None:
        self.calls.append("/tiles")

    def sign_out(self, session: str) -> None:
        self.calls.append("/logout")


class Forms(HTMLParser):
    """The hidden fields of every form, by the form's action."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.hidden: dict[str, dict[str, str]] = {}
        self._action = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._action = found["action"]
            self.hidden[self._action] = {}
        elif tag == "input" and found.get("type") == "hidden":
            self.hidden[self._action][found["name"]] = found["value"]


def post(app: WebApp, path: str, session: str, hidden: dict[str, str]) -> Page:
    form = {"title": "Housekeeping", "total": "4", **hidden}
    return app.handle(Request("POST", path, form=form, cookies={"mosaic_session": session}))


def hidden_fields(app: WebApp, path: str, session: str) -> dict[str, str]:
    page = app.handle(Request("GET", "/", cookies={"mosaic_session": session}))
    return Forms(page.body).hidden[path]


@pytest.mark.parametrize("path", ["/tiles", "/logout"])
def test_a_form_without_a_token_is_refused(path: str) -> None:
    backend = Backend()
    assert post(WebApp(backend), path, "abc", {}).status == 403
    assert backend.calls == []


@pytest.mark.parametrize("path", ["/tiles", "/logout"])
def test_a_form_as_the_page_gave_it_is_accepted(path: str) -> None:
    backend = Backend()
    app = WebApp(backend)
    assert post(app, path, "abc", hidden_fields(app, path, "abc")).status == 303
    assert backend.calls == [path]


@pytest.mark.parametrize("path", ["/tiles", "/logout"])
def test_the_token_of_somebody_else_is_refused(path: str) -> None:
    backend = Backend()
    app = WebApp(backend)
    assert post(app, path, "abc", hidden_fields(app, path, "xyz")).status == 403
    assert backend.calls == []
