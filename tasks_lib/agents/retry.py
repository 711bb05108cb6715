"""Which failures of the service are worth another request, and how long to wait for it. Pure."""

from dataclasses import dataclass

import anthropic
import httpx2

from tasks_lib.errors import AgentError, TasksMdError

_TRANSIENT_STATUSES = frozenset({408, 409, 429, 529})
_TRANSIENT_TYPES = frozenset({"overloaded_error", "rate_limit_error", "api_error", "timeout_error"})
_SERVER_ERRORS = 500
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
    """

    tries: int = 8
    first: float = 2.0
    longest: float = 60.0
    obeyed: float = 900.0

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


def final_error(error: Failure) -> AgentError:
    """Return what to tell a person of a failure that no repetition mends."""
    if isinstance(error, anthropic.APIStatusError):
        return refused(error.status_code, describe(error))
    return AgentError(f"Messages API: {describe(error)}")


def refused(status: int, words: str) -> AgentError:
    """Return what to tell a person of a status that no repetition mends."""
    mend = _MENDS.get(status, "the service refused")
    return AgentError(f"Messages API, status {status}: {mend} ({words})")


def describe(error: Failure) -> str:
    """Return one line about a failure."""
    said = error.api_message if isinstance(error, anthropic.APIStatusError) else None
    return " ".join(str(said or error or type(error).__name__).split())[:500]
