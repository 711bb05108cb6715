"""Which failures of the service are worth another request, and how long to wait for it. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import anthropic
import httpx2

from tasks_lib.errors import AgentError, TasksMdError
from tasks_lib.ports import Cause

_TRANSIENT_STATUSES = frozenset({408, 409, 429, 529})
_TRANSIENT_TYPES = frozenset({"overloaded_error", "rate_limit_error", "api_error", "timeout_error"})
_SERVER_ERRORS = 500
_RATE_LIMITED = 429
_TOO_LARGE = 413
_LIMIT_HEADERS = "anthropic-ratelimit-"
_RESET = "-reset"
_TOO_LONG = "prompt is too long"
_MONEY = ("credit balance", "usage limits", "spend limit", "spending limit")
_STREAMED = 200  # an error within a stream comes after the status was sent
_KEY = "check the API key in the environment, and whether it may use this model"
_MENDS = {
    400: "the request was refused",
    401: f"the API key is not accepted: {_KEY}",
    402: "the account has no credit left: add some, or raise its spend limit",
    403: f"access was denied: {_KEY}",
    404: "the model or the address is unknown: check agent.model and agent.base_url",
    413: "the request is too large",
}


class BrokenStream(TasksMdError):
    """An answer ended before it was complete, or was no answer. Never leaves this room."""


Failure = anthropic.APIError | httpx2.TransportError | BrokenStream
"""What a request can fail with."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to go on trying: seconds grow from ``first`` to ``longest``, doubling.

    ``Retry-After`` is obeyed up to ``obeyed`` seconds; after ``tries`` requests the service counts as gone.
    Who is told to come back after more than ``limit`` seconds has reached a usage limit, which is waited for.
    """

    tries: int = 8
    first: float = 2.0
    longest: float = 60.0
    obeyed: float = 900.0
    limit: float = 60.0

    def seconds(self, failed: int, error: Failure, chance: float) -> float:
        """Return how long to wait after so many failures; ``chance``, from 0 to 1, spreads the crowd."""
        asked = retry_after(error)
        if asked is not None:
            return min(asked, self.obeyed) + chance * self.first
        grown = min(self.first * 2.0 ** (failed - 1), self.longest)
        return float(grown * (0.5 + chance / 2))


def is_transient(error: Failure) -> bool:
    """Tell whether the same request may succeed later."""
    if isinstance(error, anthropic.APIStatusError):
        status = error.status_code
        if status == _STREAMED:
            return error.type in _TRANSIENT_TYPES
        return is_transient_status(status)
    return isinstance(error, anthropic.APIConnectionError | httpx2.TransportError | BrokenStream)


def is_transient_status(status: int) -> bool:
    """Tell whether the same request may succeed later, by the status of HTTP."""
    return status in _TRANSIENT_STATUSES or status >= _SERVER_ERRORS


def retry_after(error: Failure) -> float | None:
    """Return the seconds that the service asks to wait, if it does."""
    if not isinstance(error, anthropic.APIStatusError):
        return None
    try:
        seconds = float(error.response.headers.get("retry-after", ""))
    except ValueError:
        return None
    return seconds if seconds >= 0 else None


def usage_limit(error: Failure, patience: Patience, now: datetime) -> float | None:
    """Return in how many seconds the usage limit that was reached resets; None when it is no such error."""
    if not isinstance(error, anthropic.APIStatusError) or error.status_code != _RATE_LIMITED:
        return None
    asked = retry_after(error)
    seconds = max(_resets(error.response.headers, now), default=0.0) if asked is None else asked
    return seconds if seconds > patience.limit else None


def _resets(headers: Mapping[str, str], now: datetime) -> Iterator[float]:
    """Yield in how many seconds each limit resets of which nothing is left."""
    for name, value in headers.items():
        limit = name.lower()
        if limit.startswith(_LIMIT_HEADERS) and limit.endswith(_RESET):
            left = headers.get(limit.removesuffix(_RESET) + "-remaining", "0")
            time = _time(value)
            if time and left == "0":
                yield (time - now).total_seconds()


def _time(value: str) -> datetime | None:
    """Read a time in ISO 8601 or in seconds since 1970."""
    try:
        time = datetime.fromtimestamp(int(value), UTC) if value.isdecimal() else datetime.fromisoformat(value)
    except (ValueError, OverflowError, OSError):
        return None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def ends_attempt(error: anthropic.APIStatusError) -> Cause | None:
    """Return what ends the conversation whose request was refused; None where a person has to act."""
    said = describe(error).lower()
    if error.status_code == _TOO_LARGE or _TOO_LONG in said:
        return Cause.CONTEXT
    return None if is_about_money(said) else Cause.REFUSAL


def is_about_money(said: str) -> bool:
    """Tell whether the service's words speak of an account that may spend no more."""
    return any(words in said for words in _MONEY)


def final_error(error: Failure) -> AgentError:
    """Return what to tell a person of a failure that no repetition mends."""
    if isinstance(error, anthropic.APIStatusError):
        return refused(error.status_code, describe(error))
    return AgentError(f"Messages API: {describe(error)}")


def refused(status: int, words: str) -> AgentError:
    """Return what to tell a person of a status that no repetition mends."""
    # An account without money is told of as a bad request, too.
    mend = _MENDS.get(402 if is_about_money(words.lower()) else status, "the service refused")
    return AgentError(f"Messages API, status {status}: {mend} ({words})")


def describe(error: Failure) -> str:
    """Return one line about a failure."""
    said = error.api_message if isinstance(error, anthropic.APIStatusError) else None
    return " ".join(str(said or error or type(error).__name__).split())[:500]
