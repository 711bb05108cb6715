"""What stands behind a person's browser: a server, and the process that serves a project's deployments."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any

import httpx

from tasks_lib.engine.server.embedded import embedded_server
from tests.engine.api import ask
from tests.engine.served import Served, serving

PATIENCE = 180.0
"""Seconds to wait for what a run does: a limit, not a measurement."""


class Site(AbstractContextManager["Site"]):
    """A Prefect server that can be restarted."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._server = ExitStack()
        self.address = self._start()

    def _start(self) -> str:
        return self._server.enter_context(embedded_server(self._home))

    def __exit__(self, *_: object) -> None:
        self._server.close()

    def restart(self) -> None:
        """Stop the server and start it again, at the same address with the same database."""
        self._server.close()
        assert self._start() == self.address

    def serving(self, config_file: Path) -> AbstractContextManager[Served]:
        """Serve the deployments of a configuration until the end of the block."""
        return serving(self.address, config_file)

    def flow_runs(self, flow: str) -> list[dict[str, Any]]:
        """Return the runs of a flow, the newest first."""
        asked = {"flows": {"name": {"any_": [flow]}}, "sort": "EXPECTED_START_TIME_DESC"}
        with httpx.Client(base_url=f"{self.address}/api", trust_env=False, timeout=180) as api:
            found: list[dict[str, Any]] = ask(api, "/flow_runs/filter", asked)
        return found


def wait_until(happened: Callable[[], object]) -> None:
    """Wait for something that no page shows."""
    end = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < end, f"it did not happen in {PATIENCE:.0f} s"
        time.sleep(0.2)
