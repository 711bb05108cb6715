"""Sign-in through an OpenID Connect provider."""

from dataclasses import dataclass
from urllib.parse import urlencode

from mosaic_coordinator.jwt import Claims, TokenError, decode


@dataclass(frozen=True)
class OidcClient:
    """How Mosaic is registered with its identity provider."""

    issuer: str
    client_id: str
    client_secret: str


@dataclass(frozen=True)
class Identity:
    """Who signed in."""

    subject: str
    name: str
    role: str


def sign_in_address(client: OidcClient, redirect: str, nonce: str) -> str:
    """Where the browser goes to sign in; it comes back to `redirect` with an ID token."""
    query = {
        "response_type": "id_token",
        "scope": "openid profile",
        "client_id": client.client_id,
        "redirect_uri": redirect,
        "nonce": nonce,
    }
    return f"{client.issuer}/authorize?{urlencode(query)}"


def verify_id_token(token: str, client: OidcClient, nonce: str) -> Identity:
    """The identity that an ID token attests.

    `nonce` is the one that was sent with the sign-in address. Raises TokenError.
    """
    claims = decode(token, client.client_secret.encode())
    _check_nonce(claims, nonce)
    return _identity(claims)


def _check_nonce(claims: Claims, nonce: str) -> None:
    if claims.get("nonce") != nonce:
        raise TokenError("the token answers another sign-in")


def _identity(claims: Claims) -> Identity:
    subject = claims.get("sub")
    if not isinstance(subject, str) or not subject:
        raise TokenError("the token names no subject")
    return Identity(
        subject=subject,
        name=str(claims.get("name", subject)),
        role=str(claims.get("mosaic_role", "guest")),
    )
