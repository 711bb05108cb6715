"""MS-SEC-003: sessions end, by themselves and on logout."""

import json

from mosaic_api.app import App, build_app
from mosaic_api.http import Request, Response

DAY = 24 * 60 * 60


class Clock:
    """A clock that stands still until it is set."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def send(app: App, method: str, path: str, cookie: str = "", **content: str) -> Response:
    return app.handle(Request(method, path, {"Cookie": cookie}, json.dumps(content)))


def signed_in(app: App) -> str:
    account = {"email": "ada@example.org", "password": "correct horse battery"}
    send(app, "POST", "/users", name="Ada", **account)
    return send(app, "POST", "/login", **account).headers["Set-Cookie"].split(";")[0]


def test_a_copied_cookie_is_worthless_after_logout() -> None:
    app = build_app({})
    cookie = signed_in(app)
    assert send(app, "GET", "/me", cookie).status == 200
    assert send(app, "POST", "/logout", cookie).status == 204
    assert send(app, "GET", "/me", cookie).status == 401


def test_a_session_does_not_live_for_ever() -> None:
    clock = Clock()
    app = build_app({}, clock)
    cookie = signed_in(app)
    clock.now += 60
    assert send(app, "GET", "/me", cookie).status == 200
    clock.now += 90 * DAY
    assert send(app, "GET", "/me", cookie).status == 401
