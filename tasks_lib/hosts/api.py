"""A JSON API over HTTP, asked with patience that has an end."""

import json
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

import httpx

from tasks_lib.errors import HostError
from tasks_lib.hosts.waiting import is_passing, wait_before_retry

TRIES: Final = 4
TIMEOUT: Final = 30.0
"""Seconds for one whole answer."""
MAX_ANSWER: Final = 8 << 20
"""Bytes of one answer; a page of fifty pull requests with long texts stays below."""

_MAX_WORDS: Final = 500


@dataclass(frozen=True, slots=True)
class Answer:
    """What the host said: its status, its JSON (None where there was none), and a way to name it."""

    status: int
    json: object
    what: str

    @property
    def ok(self) -> bool:
        """Whether the request was carried out."""
        return 200 <= self.status < 300  # noqa: PLR2004  the class of success

    def refusal(self) -> HostError:
        """Return the error that says what the host would not do, and why."""
        words = _words(self.json)
        return HostError(f"{self.what}: status {self.status}{f': {words}' if words else ''}")


@dataclass(frozen=True)
class JsonApi:
    """An API at an address, with the headers of every request; one of them holds the token.

    ``pause`` waits for that many seconds between two tries.
    """

    address: str
    headers: Mapping[str, str] = field(repr=False)
    pause: Callable[[float], None] = time.sleep

    def get(self, path: str, query: Mapping[str, str] | None = None) -> Answer:
        """Read; raise ``HostError`` when there is no usable answer after all tries."""
        return self._ask("GET", path, params=query)

    def post(self, path: str, body: Mapping[str, str]) -> Answer:
        """Ask for a change that may be asked for twice; raise ``HostError`` as ``get`` does."""
        return self._ask("POST", path, body=body)

    def _ask(
        self,
        method: str,
        path: str,
        params: Mapping[str, str] | None = None,
        body: Mapping[str, str] | None = None,
    ) -> Answer:
        what = f"{method} {self.address}{path}"
        for number in range(1, TRIES + 1):
            try:
                response = self._once(method, path, params, body)
            except httpx.RequestError as error:
                fault, wait = str(error) or type(error).__name__, wait_before_retry(number)
            else:
                if not is_passing(response):
                    return Answer(response.status_code, _parsed(response, what), what)
                fault, wait = f"status {response.status_code}", wait_before_retry(number, response.headers)
            if wait is None or number == TRIES:
                break
            self.pause(wait * random.uniform(1, 1.2))  # noqa: S311  spreads the tries of many runs
        raise HostError(f"{what}: {fault}, given up after {_times(number)}{_told(wait)}")

    def _once(
        self, method: str, path: str, params: Mapping[str, str] | None, body: Mapping[str, str] | None
    ) -> httpx.Response:
        """Make one request and read its answer, no more of it and no longer than is allowed."""
        deadline = time.monotonic() + TIMEOUT
        with (
            httpx.Client(headers=self.headers, timeout=TIMEOUT, follow_redirects=False) as client,
            client.stream(method, f"{self.address}{path}", params=params, json=body) as response,
        ):
            content = bytearray()
            for piece in response.iter_bytes():
                content += piece
                if len(content) > MAX_ANSWER:
                    raise HostError(
                        f"{method} {self.address}{path}: the answer is larger than {MAX_ANSWER} bytes"
                    )
                if time.monotonic() > deadline:
                    raise httpx.ReadTimeout("the answer did not end in time", request=response.request)
        # The content is decoded already: what said how it was encoded would have it decoded twice.
        headers = [pair for pair in response.headers.multi_items() if pair[0] not in _OF_TRANSPORT]
        return httpx.Response(response.status_code, headers=headers, content=bytes(content))


_OF_TRANSPORT: Final = frozenset({"content-encoding", "content-length", "transfer-encoding"})


def _parsed(response: httpx.Response, what: str) -> object:
    """Return the JSON of an answer; only a refusal may come without."""
    if response.is_redirect:
        place = response.headers.get("location", "nowhere")
        raise HostError(f"{what}: moved to {place}; mend host.url or host.repository")
    try:
        return json.loads(response.content)
    except ValueError as error:
        if response.is_success:
            raise HostError(
                f"{what}: the answer is not JSON; is host.url the address of a git host?"
            ) from error
        return None


def _words(said: object) -> str:
    """Return the reasons in an error's JSON, as both hosts write them."""
    if not isinstance(said, dict):
        return ""
    listed = said.get("errors")
    details = listed if isinstance(listed, list) else []
    words = [part.get("message") for part in (said, *details) if isinstance(part, dict)]
    return ": ".join(word for word in words if isinstance(word, str) and word)[:_MAX_WORDS]


def _times(number: int) -> str:
    return f"{number} tries" if number > 1 else "one try"


def _told(wait: float | None) -> str:
    return "; it asks to wait longer than we do" if wait is None else ""
