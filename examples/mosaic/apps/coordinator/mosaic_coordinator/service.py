"""The coordinator itself: requests come in, answers go out, state is kept."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from mosaic_coordinator.oidc import Identity, OidcClient, verify_id_token
from mosaic_coordinator.permissions import Board, User, may_write
from mosaic_coordinator.ratelimit import RateLimiter
from mosaic_coordinator.state import State, StateFile
from mosaic_coordinator.webhooks import SignatureError, read_delivery


@dataclass(frozen=True)
class Request:
    """What arrives over a connection from the address `peer`."""

    peer: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Answer:
    """An HTTP status and a line of text."""

    status: int
    text: str


class Coordinator:
    """One installation, made from its settings."""

    def __init__(self, settings: Mapping[str, Any], state_file: StateFile) -> None:
        self._client = OidcClient(**settings["oidc"])
        self._secret = settings["webhooks"]["secret"].encode()
        self._keep = settings["webhooks"]["keep"]
        self._limiter = RateLimiter(**settings["rate"])
        self._file = state_file
        self._state: State = {"seen": {}, "deliveries": []} | state_file.load()

    def sign_in(self, token: str, nonce: str, now: float) -> Identity:
        """Who signs in with this token. Raises TokenError."""
        identity = verify_id_token(token, self._client, nonce)
        self._state["seen"][identity.subject] = now
        self._file.save(self._state)
        return identity

    def receive(self, request: Request, now: float) -> Answer:
        """Take a delivery of the git host."""
        if not self._limiter.allow(request.peer, request.headers, now):
            return Answer(429, "too many requests")
        try:
            delivery = read_delivery(request.headers, request.body, self._secret)
        except SignatureError as error:
            return Answer(401, str(error))
        except ValueError:
            return Answer(400, "the body is not JSON")
        self._remember(f"{delivery.event} {delivery.repository}")
        return Answer(202, "accepted")

    def rename_board(self, user: User, board: Board, title: str) -> Board:
        """The board under its new title. Raises PermissionError."""
        if not may_write(user, board):
            raise PermissionError(f"{user.name} may not change {board.title}")
        return replace(board, title=title)

    def _remember(self, delivery: str) -> None:
        kept = [*self._state["deliveries"], delivery]
        self._state["deliveries"] = kept[-self._keep :]
        self._file.save(self._state)
