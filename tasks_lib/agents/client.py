"""The client of the Messages API."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

import httpx2
from anthropic import Anthropic

from tasks_lib.agents.service import OFFICIAL
from tasks_lib.errors import AgentError

CONNECT_SECONDS = 20.0
SILENCE_SECONDS = 300.0
"""The service sends a sign of life every few seconds while it works."""


def check_key(api_key: str) -> None:
    """Raise ``AgentError`` when there is no key."""
    if not api_key:
        raise AgentError(
            "there is no API key: put it into the environment variable that agent.api_key_variable names "
            '(ANTHROPIC_API_KEY by default), or use agent.kind = "replay"'
        )


def make_client(api_key: str, base_url: str, is_over: Callable[[], bool]) -> Anthropic:
    """Return a client that never retries by itself and whose answers end when ``is_over`` says so."""
    http = httpx2.Client(
        # A proxy from the environment would be asked for our own loopback server, too.
        trust_env=not is_loopback(base_url),
        follow_redirects=True,
        timeout=httpx2.Timeout(SILENCE_SECONDS, connect=CONNECT_SECONDS),
        event_hooks={"response": [lambda response: _watch(response, is_over)]},
    )
    return Anthropic(api_key=api_key, base_url=base_url or OFFICIAL, max_retries=0, http_client=http)


def is_loopback(url: str) -> bool:
    """Tell whether an address is on this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class _Watched(httpx2.SyncByteStream):
    """A stream that ends when its time is over, even if it is kept alive for ever."""

    stream: httpx2.SyncByteStream
    is_over: Callable[[], bool]

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self.stream:
            if self.is_over():
                raise httpx2.ReadTimeout("the attempt is over")
            yield chunk

    def close(self) -> None:
        self.stream.close()


def _watch(response: httpx2.Response, is_over: Callable[[], bool]) -> None:
    if isinstance(response.stream, httpx2.SyncByteStream):
        response.stream = _Watched(response.stream, is_over)
