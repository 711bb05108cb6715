"""MS-SEC-009: ID tokens are believed only within their time and only when signed."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any

import pytest
from mosaic_coordinator.jwt import TokenError
from mosaic_coordinator.oidc import OidcClient, verify_id_token

CLIENT = OidcClient("https://id.example.org", "mosaic", "correct horse")
HOUR = 3_600


def token(algorithm: str = "HS256", **changes: Any) -> str:
    """A token for our client that began an hour ago and ends in an hour."""
    claims = {"iss": CLIENT.issuer, "aud": CLIENT.client_id, "sub": "u-1", "nonce": "n-1"}
    times = {"nbf": time.time() - HOUR, "exp": time.time() + HOUR}
    parts = ({"alg": algorithm}, claims | times | changes)
    signed = ".".join(base64.urlsafe_b64encode(json.dumps(p).encode()).decode() for p in parts)
    digest = hmac.new(CLIENT.client_secret.encode(), signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{base64.urlsafe_b64encode(digest).decode() if algorithm != 'none' else ''}"


def test_an_expired_token_is_refused() -> None:
    """What ended an hour ago does not let anybody in."""
    with pytest.raises(TokenError):
        verify_id_token(token(exp=time.time() - HOUR), CLIENT, "n-1")


def test_a_token_of_the_future_is_refused() -> None:
    """What begins in an hour does not let anybody in yet."""
    with pytest.raises(TokenError):
        verify_id_token(token(nbf=time.time() + HOUR), CLIENT, "n-1")


def test_an_unsigned_token_is_refused() -> None:
    """The algorithm `none` is no way around the signature."""
    with pytest.raises(TokenError):
        verify_id_token(token(algorithm="none"), CLIENT, "n-1")


def test_a_token_in_its_time_is_accepted() -> None:
    """Between nbf and exp a signed token is believed."""
    assert verify_id_token(token(), CLIENT, "n-1").subject == "u-1"
