from collections.abc import Callable
from pathlib import Path

import pytest

from mosaic_coordinator.permissions import Board, Role, User
from mosaic_coordinator.service import Coordinator, Request
from mosaic_coordinator.state import StateFile
from mosaic_coordinator.webhooks import EVENT_HEADER, SIGNATURE_HEADER, signature

SETTINGS = {
    "oidc": {
        "issuer": "https://id.example.org",
        "client_id": "mosaic",
        "client_secret": "correct horse",
    },
    "webhooks": {"secret": "s3cret", "keep": 2},
    "rate": {"limit": 3, "window": 60.0},
}


@pytest.fixture
def state_file(tmp_path: Path) -> StateFile:
    return StateFile(tmp_path / "state.json")


def push(body: bytes, secret: bytes = b"s3cret") -> Request:
    headers = {EVENT_HEADER: "push", SIGNATURE_HEADER: signature(body, secret)}
    return Request("192.0.2.1", headers, body)


def test_a_sign_in_is_remembered(state_file: StateFile, make_token: Callable[..., str]) -> None:
    identity = Coordinator(SETTINGS, state_file).sign_in(make_token(), "n-1", now=50.0)
    assert identity.name == "Ada"
    assert state_file.load()["seen"] == {"u-1": 50.0}


def test_the_last_deliveries_are_remembered(state_file: StateFile) -> None:
    coordinator = Coordinator(SETTINGS, state_file)
    for name in (b"api", b"web", b"docs"):
        coordinator.receive(push(b'{"repository": "%s"}' % name), now=0.0)
    assert state_file.load()["deliveries"] == ["push web", "push docs"]


def test_deliveries_are_answered_by_status(state_file: StateFile) -> None:
    coordinator = Coordinator(SETTINGS, state_file)
    requests = [push(b"{}"), push(b"{}", b"wrong"), push(b"no JSON"), push(b"{}")]
    answers = [coordinator.receive(request, now=0.0).status for request in requests]
    assert answers == [202, 401, 400, 429]


def test_a_board_is_renamed_by_who_may_write(state_file: StateFile) -> None:
    coordinator, board = Coordinator(SETTINGS, state_file), Board("Plans", owner="ada")
    assert coordinator.rename_board(User("ada", Role.MEMBER), board, "Goals").title == "Goals"
    with pytest.raises(PermissionError):
        coordinator.rename_board(User("bob", Role.MEMBER), board, "Goals")
