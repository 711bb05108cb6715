"""Requests and pages, independent of the server that carries them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

SESSION_COOKIE = "mosaic_session"


@dataclass(frozen=True)
class Request:
    """What a browser asks for."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)
    cookies: Mapping[str, str] = field(default_factory=dict)

    @property
    def session(self) -> str:
        """The session token, empty when nobody is signed in."""
        return self.cookies.get(SESSION_COOKIE, "")

    @property
    def page_number(self) -> int:
        """Which page of a table is wanted, counted from 1."""
        wanted = self.query.get("page", "1")
        return int(wanted) if wanted.isascii() and wanted.isdigit() else 1


@dataclass(frozen=True)
class Page:
    """What the browser gets."""

    status: int
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


def redirect(path: str) -> Page:
    """Send the browser on to `path` after a form was accepted."""
    return Page(303, headers={"Location": path})
