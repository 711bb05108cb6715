"""The bridge to WSGI servers."""

import io
from wsgiref.util import setup_testing_defaults

from mosaic_web.app import WebApp
from mosaic_web.testing import MemoryBackend
from mosaic_web.wsgi import application, read_request


def test_a_form_is_read_from_the_body() -> None:
    body = b"title=Release+2&total=8"
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/tiles",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_COOKIE": "mosaic_session=abc",
        "wsgi.input": io.BytesIO(body),
    }
    request = read_request(environ)
    assert request.form == {"title": "Release 2", "total": "8"}
    assert request.session == "abc"


def test_a_page_is_served_with_its_status() -> None:
    environ: dict[str, object] = {"PATH_INFO": "/nowhere"}
    setup_testing_defaults(environ)
    started: list[str] = []
    body = application(WebApp(MemoryBackend()))(
        environ, lambda status, headers: started.append(status)
    )
    assert started == ["404 Not Found"]
    assert b"There is no such page." in b"".join(body)
