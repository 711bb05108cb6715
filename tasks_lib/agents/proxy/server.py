"""The proxy as a server on a unix socket, for as long as one attempt takes."""

import socket
import threading
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

import uvicorn

from tasks_lib.agents.proxy.account import Account
from tasks_lib.agents.proxy.application import application
from tasks_lib.agents.service import Service


class KeyProxy:
    """Serves the Messages API at the unix socket ``path``, with the key added; a context manager.

    Who asks needs no key, and cannot learn ours. ``account`` is told what passes, and says when it is enough.
    """

    def __init__(self, service: Service, account: Account) -> None:
        self.account = account
        self._directory = TemporaryDirectory(prefix="tasks-md-")
        self.path = Path(self._directory.name) / "messages-api"
        self._server = uvicorn.Server(
            uvicorn.Config(
                application(service, account),
                log_config=None,  # the transcript tells it all
                access_log=False,
                lifespan="on",
                ws="none",
                timeout_graceful_shutdown=1,
            )
        )

    def __enter__(self) -> Self:
        # It listens from now on: who asks before the server runs is answered as soon as it does.
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self.path))
        self._listener.listen()
        self.path.chmod(0o666)  # the directory is ours alone; a sandbox may run as somebody else
        self._thread = threading.Thread(target=self._server.run, args=([self._listener],), daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._listener.close()
        self._directory.cleanup()
