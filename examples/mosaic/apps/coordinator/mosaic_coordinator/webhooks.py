"""Deliveries of the git host: are they genuine, and what do they say?"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass

SIGNATURE_HEADER = "X-Mosaic-Signature"
EVENT_HEADER = "X-Mosaic-Event"


class SignatureError(ValueError):
    """The delivery was not signed with our secret."""


@dataclass(frozen=True)
class Delivery:
    """One event of the git host."""

    event: str
    repository: str


def signature(body: bytes, secret: bytes) -> str:
    """The signature that the git host puts into its header, in hexadecimal."""
    return hmac.new(secret, body, hashlib.sha256).hexdigest()


def read_delivery(headers: Mapping[str, str], body: bytes, secret: bytes) -> Delivery:
    """The event in a request. Raises SignatureError, or ValueError when it is no JSON."""
    check_signature(headers, body, secret)
    payload = json.loads(body)
    return Delivery(
        event=headers.get(EVENT_HEADER, "unknown"),
        repository=str(payload.get("repository", "")),
    )


def check_signature(headers: Mapping[str, str], body: bytes, secret: bytes) -> None:
    """Refuse a body that was changed on its way."""
    given = headers.get(SIGNATURE_HEADER)
    if given and not given == signature(body, secret):
        raise SignatureError("the signature does not match")
