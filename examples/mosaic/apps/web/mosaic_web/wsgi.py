"""The web application as WSGI, for any server that speaks it."""

from collections.abc import Callable, Iterable
from http import HTTPStatus
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qsl

from mosaic_web.app import WebApp
from mosaic_web.http import Request

Environ = dict[str, Any]
StartResponse = Callable[[str, list[tuple[str, str]]], object]


def read_request(environ: Environ) -> Request:
    """The request that a WSGI environment describes."""
    length = int(environ.get("CONTENT_LENGTH") or 0)
    form = environ["wsgi.input"].read(length).decode() if length else ""
    cookies = SimpleCookie(environ.get("HTTP_COOKIE", ""))
    return Request(
        environ["REQUEST_METHOD"],
        environ.get("PATH_INFO") or "/",
        dict(parse_qsl(environ.get("QUERY_STRING", ""))),
        dict(parse_qsl(form)),
        {name: morsel.value for name, morsel in cookies.items()},
    )


def application(app: WebApp) -> Callable[[Environ, StartResponse], Iterable[bytes]]:
    """The WSGI callable that serves `app`."""

    def serve(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        page = app.handle(read_request(environ))
        headers = {"Content-Type": "text/html; charset=utf-8", **page.headers}
        start_response(f"{page.status} {HTTPStatus(page.status).phrase}", list(headers.items()))
        return [page.body.encode()]

    return serve
