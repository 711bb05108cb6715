"""When to ask a host again, and how long to wait before."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

import httpx

LONGEST_WAIT: Final = 60.0
"""Seconds; a host that asks for more is not waited for."""

_PASSING: Final = frozenset({429, 500, 502, 503, 504})
_FORBIDDEN: Final = 403


def is_passing(response: httpx.Response) -> bool:
    """Tell whether the same request may succeed later; a rate limit may come as 403 with a word on when."""
    if response.status_code == _FORBIDDEN:
        return "retry-after" in response.headers or _spent(response.headers)
    return response.status_code in _PASSING


def _spent(headers: Mapping[str, str]) -> bool:
    return headers.get("x-ratelimit-remaining") == "0"


def wait_before_retry(number: int, headers: Mapping[str, str] | None = None) -> float | None:
    """Return the seconds to wait after try ``number``, counted from 1; None when it would be too long.

    The host's own word counts: ``Retry-After``, else the reset of a spent rate limit; else 1, 2, 4 ... s.
    """
    asked = _asked(headers or {})
    if asked is None:
        return float(2 ** (number - 1))
    return asked if asked <= LONGEST_WAIT else None


def _asked(headers: Mapping[str, str]) -> float | None:
    """Return the wait that the headers ask for, in seconds from now; None when they do not say."""
    if "retry-after" in headers:
        return _seconds(headers["retry-after"])
    reset = headers.get("x-ratelimit-reset", "")
    if _spent(headers) and reset.isdecimal():
        return max(0.0, int(reset) - time.time())
    return None


def _seconds(text: str) -> float | None:
    """Read ``Retry-After``: a number of seconds or a date of HTTP."""
    if text.strip().isdecimal():
        return float(text)
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return None
    moment = date if date.tzinfo else date.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
