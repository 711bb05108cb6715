"""Sessions and the cookie that carries them."""

from mosaic_api.cookies import expired_cookie, session_cookie
from mosaic_api.sessions import SessionStore


def test_a_session_is_found_by_its_token() -> None:
    sessions = SessionStore()
    session = sessions.start(7)
    assert sessions.find(session.token) == session


def test_an_unknown_token_finds_nothing() -> None:
    assert SessionStore().find("guess") is None


def test_a_session_remembers_when_it_began() -> None:
    assert SessionStore(clock=lambda: 1000.0).start(7).started_at == 1000.0


def test_the_cookie_carries_the_token() -> None:
    assert session_cookie("abc").startswith("mosaic_session=abc;")


def test_the_expired_cookie_is_empty() -> None:
    assert expired_cookie().startswith("mosaic_session=;")
    assert "Max-Age=0" in expired_cookie()
