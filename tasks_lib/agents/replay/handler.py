"""One connection to the replay: HTTP 1.1 with chunked server-sent events, and its ways to fail."""

import json
import socket
import struct
import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import chain
from typing import Any, Protocol
from urllib.parse import urlsplit

from tasks_lib.agents.metering import shipped_models
from tasks_lib.agents.replay.answers import Reply
from tasks_lib.agents.replay.events import error_body, event, stream, whole
from tasks_lib.agents.replay.messages import Json
from tasks_lib.agents.replay.recording import Fault, NotRecorded

_ERROR_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    529: "overloaded_error",
}
_TOLD_BEFORE_THE_CUT = 4
"""Events of an answer that breaks off: its start, a ping, a block's start, one delta."""


def _pings() -> Iterator[bytes]:
    while True:
        time.sleep(0.02)
        yield event("ping")


def _limit_headers(fault: Fault) -> Mapping[str, str]:
    after = {} if fault.retry_after is None else {"retry-after": f"{fault.retry_after:g}"}
    if fault.resets is None:
        return after
    reset = datetime.now(UTC) + timedelta(seconds=fault.resets)
    limit = "anthropic-ratelimit-tokens"
    return {**after, f"{limit}-remaining": "0", f"{limit}-reset": reset.isoformat()}


class Replay(Protocol):
    """Who knows the answers."""

    def accepts(self, api_key: str) -> bool:
        """Tell whether requests with this key are served."""

    def answer(self, request: Json, betas: str) -> tuple[Reply, Fault | None]:
        """Return the answer, or how it fails this time; raise ``NotRecorded``."""


class LoopbackServer(ThreadingHTTPServer):
    """A server whose connections ask one replay."""

    daemon_threads = True
    request_queue_size = 128
    block_on_close = False

    def __init__(self, replay: Replay) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.replay = replay


class Handler(BaseHTTPRequestHandler):
    """Speaks the part of the Messages API that an agent needs."""

    protocol_version = "HTTP/1.1"
    server: LoopbackServer
    disable_nagle_algorithm = True
    timeout = 600

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name is the base class's
        """Say nothing: the transcript tells it all."""

    def do_GET(self) -> None:
        """Serve ``/v1/models/{id}``."""
        path = urlsplit(self.path).path
        name = path.removeprefix("/v1/models/")
        if not self._is_let_in():
            return
        if name == path or name not in shipped_models():
            self._fail(404, f"not found: {name}")
            return
        model = {
            "type": "model",
            "id": name,
            "display_name": f"{name} (replay)",
            "created_at": "2026-09-01T00:00:00Z",
            "lifecycle": "active",
            "max_input_tokens": shipped_models()[name].window,
        }
        self._send(200, json.dumps(model).encode())

    def do_POST(self) -> None:
        """Serve ``/v1/messages``."""
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        if not self._is_let_in():
            return
        if urlsplit(self.path).path != "/v1/messages":
            self._fail(404, f"not found: {self.path}")
            return
        try:
            request = json.loads(body)
            reply, fault = self.server.replay.answer(request, self.headers.get("anthropic-beta") or "")
        except (NotRecorded, ValueError) as problem:
            self._fail(400, str(problem))
            return
        if fault:
            self._fail_as(fault, reply, request["model"])
        elif request.get("stream"):
            self._stream(stream(reply, request["model"]))
        else:
            self._send(200, json.dumps(whole(reply, request["model"])).encode())

    def _is_let_in(self) -> bool:
        bearer = (self.headers.get("authorization") or "").removeprefix("Bearer ")
        allowed = self.server.replay.accepts(self.headers.get("x-api-key") or bearer)
        if not allowed:
            self._fail(401, "invalid x-api-key")
        return allowed

    def _fail_as(self, fault: Fault, reply: Reply, model: str) -> None:
        told = list(stream(reply, model))[:_TOLD_BEFORE_THE_CUT]
        if fault.status:
            self._fail(fault.status, fault.message, _limit_headers(fault))
        elif fault.html:
            self._send(200, b"<html><body>Sign in</body></html>", kind="text/html")
        elif fault.endless:
            self._stream(chain(told, _pings()))
        elif fault.event:
            self._stream([*told, event("error", error=error_body(fault.event, "recorded fault")["error"])])
        else:
            self._stream(told, cut=fault.cut)

    def _reset(self) -> None:
        """Drop the connection so that the other side is told by its system (RST), not by an end."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def _stream(self, events: Iterable[bytes], *, cut: str = "") -> None:
        chunked = cut != "silent"
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding" if chunked else "connection", "chunked" if chunked else "close")
        self.end_headers()
        try:
            for part in events:
                self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part) if chunked else part)
            self.wfile.write(b"" if cut else b"0\r\n\r\n")
        except ConnectionError:
            self.close_connection = True
        self.close_connection |= bool(cut)
        if cut == "reset":
            self._reset()

    def _fail(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> None:
        body = error_body(_ERROR_TYPES.get(status, "api_error"), message)
        self._send(status, json.dumps(body).encode(), headers=headers)

    def _send(
        self,
        status: int,
        body: bytes,
        *,
        kind: str = "application/json",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.send_response(status)
        plain: dict[str, Any] = {"content-type": kind, "content-length": len(body), **(headers or {})}
        for name, value in plain.items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(body)
