"""Signed tokens (RFC 7519), as far as a confidential OIDC client needs them."""

import base64
import hmac
import json
from typing import Any

Claims = dict[str, Any]

DIGESTS = {"HS256": "sha256", "HS384": "sha384", "HS512": "sha512", "none": ""}


class TokenError(ValueError):
    """The token is malformed, or what it says is not to be believed."""


def decode(token: str, key: bytes) -> Claims:
    """The claims of a token, once its signature is found to be made with `key`."""
    try:
        header, payload, signature = token.split(".")
    except ValueError:
        raise TokenError("a token has three parts") from None
    _check_signature(f"{header}.{payload}", signature, _table(header).get("alg"), key)
    return _table(payload)


def _check_signature(signed: str, signature: str, algorithm: object, key: bytes) -> None:
    if not isinstance(algorithm, str) or algorithm not in DIGESTS:
        raise TokenError(f"unknown algorithm {algorithm!r}")
    digest = DIGESTS[algorithm]
    if not digest:
        return
    expected = hmac.new(key, signed.encode(), digest).digest()
    if not hmac.compare_digest(expected, _bytes(signature)):
        raise TokenError("the signature does not match")


def _table(part: str) -> Claims:
    text = _bytes(part)
    try:
        table = json.loads(text)
    except ValueError:
        raise TokenError("a part of the token is not JSON") from None
    if not isinstance(table, dict):
        raise TokenError("a part of the token is not a JSON object")
    return table


def _bytes(part: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except ValueError:
        raise TokenError("a part of the token is not base64") from None
