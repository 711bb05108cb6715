"""The doors to the network, one way out for each list of hosts."""

import tempfile
import threading
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tasks_lib.sandbox.allowed import Allowed
from tasks_lib.sandbox.doors import NONE
from tasks_lib.sandbox.tunnel import Tunnel

_VARIABLES: Final = ("HTTPS_PROXY", "https_proxy")


@dataclass
class Network:
    """Opens ways out when they are first needed, until ``closing`` is closed."""

    closing: ExitStack
    _ways: dict[tuple[str, ...], Path] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def doors(self, hosts: tuple[str, ...]) -> Mapping[str, Path]:
        """Return the doors for commands that may reach these hosts; none for no hosts."""
        if not hosts:
            return NONE
        with self._lock:
            if hosts not in self._ways:
                self._ways[hosts] = self._open(hosts)
        return dict.fromkeys(_VARIABLES, self._ways[hosts])

    def _open(self, hosts: tuple[str, ...]) -> Path:
        directory = self.closing.enter_context(tempfile.TemporaryDirectory(prefix="tasks-md-network-"))
        path = Path(directory) / "out"
        self.closing.callback(Tunnel(path, Allowed(hosts)).close)
        return path
