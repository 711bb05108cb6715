"""Secrets in bytes: those that we hold, however they are written, and what looks like anybody's token."""

import base64
import re
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import quote, quote_plus

SHORTEST: Final = 8
"""Characters below which a value is no secret that could be looked for."""

TOKENS: Final = {
    "a private key": rb"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----",
    "an AWS access key": rb"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "a GitHub token": rb"\bgh[pousr]_[A-Za-z0-9]{36,}\b|\bgithub_pat_[A-Za-z0-9_]{60,}\b",
    "a GitLab token": rb"\bgl(?:pat|dt|rt|cbt|ptt)-[A-Za-z0-9_-]{20,}",
    "an Anthropic key": rb"\bsk-ant-[A-Za-z0-9_-]{20,}",
    "an OpenAI key": rb"\bsk-(?:proj|svcacct|admin)-[A-Za-z0-9_-]{20,}|\bsk-[A-Za-z0-9]{48}\b",
    "a Google API key": rb"\bAIza[0-9A-Za-z_-]{35}",
    "a Slack token": rb"\bxox[abeoprs]-[0-9A-Za-z-]{20,}",
    "a Stripe key": rb"\b[rs]k_live_[0-9A-Za-z]{20,}",
    "an npm token": rb"\bnpm_[A-Za-z0-9]{36}\b",
    "a PyPI token": rb"\bpypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,}",
    "a SendGrid key": rb"\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}",
    "a Hugging Face token": rb"\bhf_[A-Za-z0-9]{34,}\b",
    "a Prefect key": rb"\bpn[ubt]_[A-Za-z0-9]{36}\b",
}
"""What the well-known tokens look like, by what they are."""

_EXAMPLE: Final = re.compile(rb"EXAMPLE|x{8}|X{8}|0{12}", re.ASCII)
_PATTERNS: Final = {what: re.compile(pattern) for what, pattern in TOKENS.items()}


class Secrets:
    """Finds secrets; what it says of one names its kind, never its value.

    ``known`` are the values that must not leave this machine. They are looked for as they are, reversed, in
    hex, percent-encoded, and in base64 at each of its three alignments, also across line ends.
    """

    def __init__(self, known: Iterable[str] = ()) -> None:
        self._known = frozenset(
            form for value in known if len(value) >= SHORTEST for form in forms(value.encode())
        )

    def known_in(self, data: bytes) -> bool:
        """Tell whether one of the values that we hold is in the data."""
        folded = data.translate(None, b" \t\r\n")
        return any(form in data or form in folded for form in self._known)

    def tokens_in(self, data: bytes) -> dict[bytes, str]:
        """Return what looks like a token, and what kind; plain examples of documentation are left out."""
        return {
            found[0]: what
            for what, pattern in _PATTERNS.items()
            for found in pattern.finditer(data)
            if not _EXAMPLE.search(found[0])
        }


def forms(value: bytes) -> Iterator[bytes]:
    """Yield the disguises that are looked for, the value itself first."""
    yield value
    yield value[::-1]
    yield value.hex().encode()
    yield value.hex().upper().encode()
    yield quote(value, safe="").encode()
    yield quote_plus(value).encode()
    yield from _base64(value)


def _base64(value: bytes) -> Iterator[bytes]:
    """Give what of the value shows in base64, whatever stands before and behind it."""
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + value)
        first = -(-before * 8 // 6)  # the first character that holds nothing of what stands before
        last = (before + len(value)) * 8 // 6
        whole = encoded[first:last]
        yield whole
        yield whole.replace(b"+", b"-").replace(b"/", b"_")
