"""Requests and responses, independent of the server that carries them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any

from mosaic_api.errors import BadRequest


@dataclass(frozen=True)
class Request:
    """One request as the API sees it."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""

    def json(self) -> dict[str, Any]:
        """The body as a JSON object; raises BadRequest when it is none."""
        try:
            content = json.loads(self.body)
        except ValueError:
            raise BadRequest("the body is not JSON") from None
        if not isinstance(content, dict):
            raise BadRequest("the body must be a JSON object")
        return content

    def text(self, name: str) -> str:
        """A non-empty string of the JSON body; raises BadRequest when there is none."""
        value = self.json().get(name)
        if not isinstance(value, str) or not value.strip():
            raise BadRequest(f"{name} must be a non-empty string")
        return value

    def number(self, name: str) -> int:
        """A whole number of the JSON body, 0 when absent; raises BadRequest."""
        value = self.json().get(name, 0)
        if not isinstance(value, int) or isinstance(value, bool):
            raise BadRequest(f"{name} must be a whole number")
        return value

    def cookie(self, name: str) -> str:
        """The value of a cookie, empty when it was not sent."""
        morsel = SimpleCookie(self.headers.get("Cookie", "")).get(name)
        return morsel.value if morsel else ""


@dataclass(frozen=True)
class Response:
    """A status, a JSON document and headers."""

    status: int
    content: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def body(self) -> str:
        """The document as it goes over the wire; empty when there is none."""
        return "" if self.content is None else json.dumps(self.content)
