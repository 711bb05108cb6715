"""Who is signed in: tokens and the users behind them."""

import random
import string
import time
from collections.abc import Callable
from dataclasses import dataclass

ALPHABET = string.ascii_letters + string.digits
TOKEN_LENGTH = 24


@dataclass(frozen=True)
class Session:
    """A sign-in; `started_at` is in seconds of the store's clock."""

    token: str
    user_id: int
    started_at: float


def new_token() -> str:
    """A token that names a session."""
    return "".join(random.choice(ALPHABET) for _ in range(TOKEN_LENGTH))


class SessionStore:
    """Sessions of this process; `clock` gives seconds since the epoch."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._sessions: dict[str, Session] = {}

    def start(self, user_id: int) -> Session:
        """Sign a user in."""
        session = Session(new_token(), user_id, self._clock())
        self._sessions[session.token] = session
        return session

    def find(self, token: str) -> Session | None:
        """The session that a token names."""
        return self._sessions.get(token)

    def __len__(self) -> int:
        return len(self._sessions)
