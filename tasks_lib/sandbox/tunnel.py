"""The way out for commands that may reach some hosts: a proxy on a unix socket that knows CONNECT alone.

It sees names, ports and encrypted bytes. A door leads to it; what is refused is told in the status line,
which the usual tools repeat.
"""

import socket
import threading
from collections.abc import Callable
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingMixIn, UnixStreamServer
from typing import Final

from tasks_lib.errors import NotAllowed
from tasks_lib.sandbox.allowed import Allowed
from tasks_lib.sandbox.doorkeeper import pump

SECONDS: Final = 30.0
"""How long a request, or the host that it asks for, may take to come."""

_LONGEST: Final = 8192
_HEADERS: Final = 64

Connect = Callable[[tuple[str, int]], socket.socket]


def connect(place: tuple[str, int]) -> socket.socket:
    """Connect to an address."""
    return socket.create_connection(place, SECONDS)


class Tunnel(ThreadingMixIn, UnixStreamServer):
    """Serves on a socket of that path until it is closed."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, path: Path, allowed: Allowed, connecting: Connect = connect) -> None:
        self.allowed = allowed
        self.connecting = connecting
        super().__init__(str(path), _Request)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Take no more connections."""
        self.shutdown()
        self.server_close()


class _Request(StreamRequestHandler):
    server: Tunnel
    timeout = SECONDS

    def handle(self) -> None:
        try:
            place = self.server.allowed.way(self._target())
        except NotAllowed as error:
            self._answer(403, str(error))
            return
        try:
            far = self.server.connecting(place)
        except OSError as error:
            self._answer(502, f"the host cannot be reached: {error}")
            return
        with far:
            self._answer(200, "Connection established")
            self._carry(far)

    def _target(self) -> str:
        """Read the request and return what it wants to be connected to."""
        verb, _, rest = self.rfile.readline(_LONGEST).decode("ascii", "replace").partition(" ")
        for _ in range(_HEADERS):
            if self.rfile.readline(_LONGEST).strip() == b"":
                break
        if verb != "CONNECT":
            raise NotAllowed("only https is let through (CONNECT), and this is something else")
        return rest.partition(" ")[0]

    def _answer(self, status: int, words: str) -> None:
        said = "".join(character if character.isprintable() else " " for character in words)
        self.wfile.write(f"HTTP/1.1 {status} {said}\r\n\r\n".encode("ascii", "replace"))

    def _carry(self, far: socket.socket) -> None:
        for end in (far, self.connection):
            end.settimeout(None)
        answers = threading.Thread(target=pump, args=(far, self.connection), daemon=True)
        answers.start()
        pump(self.connection, far)
        answers.join()
