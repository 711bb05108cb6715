"""What the pages need from the API."""

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any, Protocol

TIMEOUT_SECONDS = 5.0


class BackendError(Exception):
    """The API did not answer, or not in a way that can be used."""


class SignedOut(Exception):
    """The API does not know the session."""


@dataclass(frozen=True)
class Person:
    """Who is signed in; `name` is what the person chose to be called."""

    name: str


@dataclass(frozen=True)
class Tile:
    """A piece of work with `done` of `total` steps behind it; the title may hold Markdown."""

    title: str
    done: int = 0
    total: int = 0


class Backend(Protocol):
    """The API as the pages see it; every call raises BackendError or SignedOut."""

    def person(self, session: str) -> Person:
        """Who holds the session."""

    def tiles(self, session: str) -> list[Tile]:
        """The tiles of the session's holder, oldest first."""

    def add_tile(self, session: str, tile: Tile) -> None:
        """Store a new tile."""

    def sign_out(self, session: str) -> None:
        """End the session."""


class HttpBackend:
    """The API behind a base URL such as http://127.0.0.1:8001."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")

    def person(self, session: str) -> Person:
        """Who holds the session."""
        return Person(self._call("GET", "/me", session)["name"])

    def tiles(self, session: str) -> list[Tile]:
        """The tiles of the session's holder, oldest first."""
        rows = self._call("GET", "/tiles", session)
        return [Tile(row["title"], row["done"], row["total"]) for row in rows]

    def add_tile(self, session: str, tile: Tile) -> None:
        """Store a new tile."""
        self._call("POST", "/tiles", session, title=tile.title, done=tile.done, total=tile.total)

    def sign_out(self, session: str) -> None:
        """End the session."""
        self._call("POST", "/logout", session)

    def _call(self, method: str, path: str, session: str, **content: object) -> Any:
        request = urllib.request.Request(
            self._url + path,
            json.dumps(content).encode() if method == "POST" else None,
            {"Cookie": f"mosaic_session={session}"},
            method=method,
        )
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            if error.code == 401:
                raise SignedOut from error
            raise BackendError(f"{method} {path}: {error.code}") from error
        except (OSError, ValueError) as error:
            raise BackendError(f"{method} {path}: {error}") from error
