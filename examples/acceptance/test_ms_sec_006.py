"""MS-SEC-006: error answers show neither stack traces nor SQL."""

import json

import pytest
from mosaic_api.app import App, build_app
from mosaic_api.database import Database
from mosaic_api.errors import describe
from mosaic_api.http import Request, Response

SECRETS = ("Traceback", ".py", "INSERT", "SELECT", "constraint", "sqlite", "IntegrityError")


def send(app: App, path: str, cookie: str = "", **content: object) -> Response:
    return app.handle(Request("POST", path, {"Cookie": cookie}, json.dumps(content)))


def test_a_refused_statement_stays_inside() -> None:
    app = build_app({}, database=Database())
    account = {"email": "ada@example.org", "password": "correct horse battery"}
    send(app, "/users", name="Ada", **account)
    cookie = send(app, "/login", **account).headers["Set-Cookie"].split(";")[0]
    response = send(app, "/tiles", cookie, title="Release 2", done=-1)
    assert response.status >= 400
    assert not [secret for secret in SECRETS if secret in response.body]


@pytest.mark.parametrize("error", [RuntimeError("disk /var/lib is full"), KeyError("password")])
def test_an_unexpected_error_keeps_its_words_to_itself(error: Exception) -> None:
    status, answer = describe(error)
    assert status == 500
    assert answer["error"] == "internal"
    assert str(error) not in json.dumps(answer)
    assert type(error).__name__ not in json.dumps(answer)
