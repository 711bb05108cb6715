"""MS-SEC-008: ID tokens of another issuer, or for another client, are refused."""

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
from mosaic_coordinator.jwt import TokenError
from mosaic_coordinator.oidc import OidcClient, verify_id_token

CLIENT = OidcClient("https://id.example.org", "mosaic", "correct horse")
CLAIMS = {"iss": CLIENT.issuer, "aud": CLIENT.client_id, "exp": 4_102_444_800}


def token(**changes: Any) -> str:
    """A token signed with the client's secret."""
    parts = ({"alg": "HS256"}, {"sub": "u-1", "nonce": "n-1", **CLAIMS, **changes})
    signed = ".".join(base64.urlsafe_b64encode(json.dumps(p).encode()).decode() for p in parts)
    digest = hmac.new(CLIENT.client_secret.encode(), signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{base64.urlsafe_b64encode(digest).decode()}"


@pytest.mark.parametrize("issuer", ["https://id.example.com", "", None])
def test_another_issuer_is_refused(issuer: str | None) -> None:
    """A genuine signature does not help a token of somebody else's provider."""
    with pytest.raises(TokenError):
        verify_id_token(token(iss=issuer), CLIENT, "n-1")


@pytest.mark.parametrize("audience", ["billing", ["billing", "mail"], [], None])
def test_another_audience_is_refused(audience: object) -> None:
    """A token made for another client of the same provider is not for us."""
    with pytest.raises(TokenError):
        verify_id_token(token(aud=audience), CLIENT, "n-1")


@pytest.mark.parametrize("audience", ["mosaic", ["billing", "mosaic"]])
def test_our_own_token_is_accepted(audience: object) -> None:
    """The audience may be one name or a list that contains ours."""
    assert verify_id_token(token(aud=audience), CLIENT, "n-1").subject == "u-1"
