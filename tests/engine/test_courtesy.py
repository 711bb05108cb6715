"""A Prefect server that has gone is not waited for when it is asked as a courtesy; no server is needed."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import prefect
import pytest
from prefect.context import SyncClientContext
from prefect.settings import PREFECT_API_URL, temporary_settings

from tasks_lib.engine.limits import within

NAMES = ("tasks-md.repo.api", "tasks-md.agent.some-model")


class Ignorant(BaseHTTPRequestHandler):
    """Knows its version and no limit."""

    def do_GET(self) -> None:
        known = self.path == "/api/admin/version"
        self.send_response(200 if known else 404)
        self.end_headers()
        self.wfile.write(json.dumps(prefect.__version__).encode() if known else b"")

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def server() -> Iterator[HTTPServer]:
    with HTTPServer(("127.0.0.1", 0), Ignorant) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/api"
        with temporary_settings({PREFECT_API_URL: address}), SyncClientContext.get_or_create():
            yield server


def waiting(words: str) -> None:
    pytest.fail(words)


def test_an_attempt_begins_soon_although_the_server_has_gone(
    server: HTTPServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Less than two seconds pass in the look for its limits, and the log says that it was in vain."""
    with within(NAMES, waiting):
        server.shutdown()
    server.server_close()
    assert caplog.text == ""

    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    with within(NAMES, waiting):
        assert sum(slept) < 2

    assert "Could not look for concurrency limits" in caplog.text
