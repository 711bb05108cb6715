import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import pytest

from mosaic_coordinator.oidc import OidcClient

CLIENT = OidcClient("https://id.example.org", "mosaic", "correct horse")
CLAIMS = {
    "iss": "https://id.example.org",
    "aud": "mosaic",
    "exp": 4_102_444_800,
    "sub": "u-1",
    "name": "Ada",
    "nonce": "n-1",
}

MakeToken = Callable[..., str]


@pytest.fixture
def client() -> OidcClient:
    return CLIENT


@pytest.fixture
def make_token() -> MakeToken:
    """Makes a signed ID token; keyword arguments change its claims, None removes one."""
    return signed_token


def signed_token(**changes: Any) -> str:
    claims = {name: value for name, value in (CLAIMS | changes).items() if value is not None}
    signed = f"{encoded({'alg': 'HS256'})}.{encoded(claims)}"
    digest = hmac.new(CLIENT.client_secret.encode(), signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"


def encoded(table: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(table).encode()).decode().rstrip("=")
