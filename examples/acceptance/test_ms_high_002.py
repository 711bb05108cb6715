"""MS-HIGH-002: the session cookie is out of reach for scripts, wires and other sites."""

from http.cookies import SimpleCookie

import pytest
from mosaic_api.cookies import NAME, expired_cookie, session_cookie


@pytest.mark.parametrize("header", [session_cookie("abc"), expired_cookie()])
def test_the_cookie_is_protected(header: str) -> None:
    morsel = SimpleCookie(header)[NAME]
    assert morsel["httponly"]
    assert morsel["secure"]
    assert morsel["samesite"].lower() in ("lax", "strict")


def test_the_cookie_still_does_its_work() -> None:
    assert SimpleCookie(session_cookie("abc"))[NAME].value == "abc"
    assert SimpleCookie(expired_cookie())[NAME]["max-age"] == "0"
