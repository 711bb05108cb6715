"""MS-SEC-002: session tokens cannot be guessed."""

import random

from mosaic_api.sessions import SessionStore


def test_tokens_do_not_follow_the_seed_of_random() -> None:
    sessions = SessionStore()
    random.seed(1)
    first = sessions.start(7).token
    random.seed(1)
    assert sessions.start(7).token != first


def test_tokens_are_long_and_their_sessions_are_found() -> None:
    sessions = SessionStore()
    session = sessions.start(7)
    found = sessions.find(session.token)
    assert len(session.token) >= 32
    assert found is not None and found.user_id == 7
