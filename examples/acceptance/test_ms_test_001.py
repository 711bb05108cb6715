"""MS-TEST-001: the authentication service is tested, and case in addresses does not matter."""

import json
from pathlib import Path

import pytest
from mosaic_api.app import App, build_app
from mosaic_api.http import Request

PASSWORD = "correct horse battery"


def send(app: App, path: str, **content: str) -> int:
    return app.handle(Request("POST", path, body=json.dumps(content))).status


@pytest.mark.parametrize("email", ["Ada@Example.org", "ada@example.org", "ADA@EXAMPLE.ORG"])
def test_any_case_signs_in(email: str) -> None:
    app = build_app({})
    send(app, "/users", email="Ada@Example.org", name="Ada", password=PASSWORD)
    assert send(app, "/login", email=email, password=PASSWORD) == 204


def test_case_gives_no_further_guesses() -> None:
    app = build_app({})
    spellings = ["ada@example.org", "Ada@example.org", "aDa@example.org", "adA@example.org"]
    answers = [send(app, "/login", email=each, password="guess") for each in spellings * 8]
    assert answers[-1] == 429


def test_the_app_tests_its_authentication_service(mosaic_root: Path) -> None:
    tests = (mosaic_root / "apps/api/tests").glob("test_*.py")
    assert any("AuthService(" in test.read_text("utf-8") for test in tests)
