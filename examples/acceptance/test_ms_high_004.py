"""MS-HIGH-004: guessing passwords is slow."""

import json

from mosaic_api.app import App, build_app
from mosaic_api.http import Request

PASSWORD = "correct horse battery"
GUESSES = 30
DAY = 24 * 60 * 60


class Clock:
    """A clock that stands still until it is set."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def send(app: App, path: str, **content: str) -> int:
    return app.handle(Request("POST", path, body=json.dumps(content))).status


def app_with_two_accounts(clock: Clock) -> App:
    app = build_app({}, clock)
    for name in ("ada", "grace"):
        send(app, "/users", email=f"{name}@example.org", name=name, password=PASSWORD)
    return app


def guess(app: App) -> list[int]:
    return [
        send(app, "/login", email="ada@example.org", password=f"guess {number}")
        for number in range(GUESSES)
    ]


def test_the_first_guesses_are_wrong_and_the_later_ones_too_many() -> None:
    answers = guess(app_with_two_accounts(Clock()))
    assert answers[0] == 401
    assert answers[-1] == 429


def test_the_right_password_has_to_wait_and_then_works() -> None:
    clock = Clock()
    app = app_with_two_accounts(clock)
    guess(app)
    assert send(app, "/login", email="ada@example.org", password=PASSWORD) == 429
    clock.now += DAY
    assert send(app, "/login", email="ada@example.org", password=PASSWORD) == 204


def test_other_people_are_not_affected() -> None:
    app = app_with_two_accounts(Clock())
    assert guess(app)[-1] == 429
    assert send(app, "/login", email="grace@example.org", password=PASSWORD) == 204
