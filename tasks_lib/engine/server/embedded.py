"""An embedded Prefect server: a real one, as a child process, where none is configured.

Prefect's own ephemeral server loses part of a run's history, so it is never used.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx

from tasks_lib.engine.server.guests import Guests
from tasks_lib.errors import TasksMdError

START_SECONDS = 180
"""How long a server may take to answer; a first start migrates its database."""

FULL = 100
"""With so few megabytes left a disk counts as full."""

_SETTINGS: Mapping[str, str] = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    # The recorder's defaults write about 25 task runs a second; so set it keeps up with a run.
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "50",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_READ_BATCH_SIZE": "50",
    "PREFECT_SERVER_SERVICES_TRIGGERS_READ_BATCH_SIZE": "50",
    # Leases in memory are lost with the server, and their slots with them.
    "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
}


_FAILED = """the Prefect server did not start; the end of {log}:
{tail}
Where its database is at fault (damaged, or of a newer Prefect): move {home}/prefect.db away, a new one
is made. Only what the UI shows of earlier runs is in it."""


def _silent(_words: str) -> None:
    """Say nothing."""


@contextmanager
def embedded_server(home: Path, say: Callable[[str], None] = _silent) -> Iterator[str]:
    """Run a Prefect server on loopback with its database in ``home``; give the address of its UI.

    The address stays the same from one time to the next, unless something else took it meanwhile. Commands
    that run at the same time share one server: the first one starts it, and ends it when the last one is done
    with it, or at once when it is itself ended by an exception.

    ``PREFECT_HOME`` and ``PREFECT_API_URL`` are set for this process while it runs. ``say`` is told what is
    waited for. Raise ``TasksMdError`` when ``home`` cannot be written, and with the end of its log when the
    server does not start. The server ends with this process, however that ends.
    """
    with ExitStack() as stack:
        with _writing(home):
            home.mkdir(parents=True, exist_ok=True)
            guests = stack.enter_context(Guests(home))
            with guests.coming_in() as others:
                address = _found(home) if others else ""
                server = None if address else stack.enter_context(_started(home, say))
        address = address or _kept(home)
        with _environment(_client_settings(address, home)):
            try:
                yield address
            finally:
                _send_rest()
        if server and not guests.alone:
            say("Other commands use this Prefect server: it ends with the last of them, or with a Ctrl-C")
            guests.await_departure()


@contextmanager
def _writing(home: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise TasksMdError(
            f"the Prefect server cannot keep its files in {home} (below state_dir of the configuration): "
            f"{error.strerror or error}"
        ) from error


@contextmanager
def _started(home: Path, say: Callable[[str], None]) -> Iterator[subprocess.Popen[bytes]]:
    say("Starting a Prefect server (10 to 20 seconds) ...")
    address = f"http://127.0.0.1:{kept_port(home)}"
    log = home / "server.log"
    with log.open("ab") as output:
        server = subprocess.Popen(
            _command(address),
            env=os.environ | _SETTINGS | _client_settings(address, home),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # a Ctrl-C is for the command, which still has to say how it ended
        )
    try:
        _await_health(server, address, log)
        yield server
    finally:
        _stop(server)


def _found(home: Path) -> str:
    """Return the address of the server that another command has started; empty when it is gone."""
    address = _kept(home)
    with httpx.Client(trust_env=False, timeout=10) as client:
        return address if _healthy(client, address) else ""


def _kept(home: Path) -> str:
    return f"http://127.0.0.1:{(home / 'port').read_text(encoding='ascii')}"


def _command(address: str) -> list[str]:
    """Return the server's command; setpriv (util-linux) ends it when its parent dies."""
    port = address.rpartition(":")[2]
    server = [
        sys.executable,
        "-m",
        "uvicorn",
        "--host",
        "127.0.0.1",
        "--port",
        port,
        "--log-level",
        "warning",
    ]
    server += ["--factory", "prefect.server.api.server:create_app", "--timeout-keep-alive", "5"]
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "KILL", *server] if setpriv else server


def _client_settings(address: str, home: Path) -> dict[str, str]:
    # A proxy of the environment would be asked for our own server too.
    direct = ",".join(filter(None, (os.environ.get("NO_PROXY"), "127.0.0.1", "localhost")))
    return {
        "PREFECT_HOME": str(home),
        "PREFECT_API_URL": f"{address}/api",
        "PREFECT_UI_URL": address,
        "NO_PROXY": direct,
        "no_proxy": direct,
    }


def kept_port(home: Path) -> int:
    """Return the port of last time, so that links from then still lead somewhere; else a free one."""
    kept = home / "port"
    last = kept.read_text(encoding="ascii") if kept.is_file() else ""
    port = _bound(int(last)) if last.isdecimal() else None
    port = port or _bound(0)
    if port is None:
        raise TasksMdError("no port of 127.0.0.1 is free for the Prefect server")
    kept.write_text(str(port), encoding="ascii")
    return port


def _bound(port: int) -> int | None:
    """Return the port if it can be had now; 0 stands for any."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            return None
        found: int = probe.getsockname()[1]
        return found


def _await_health(server: subprocess.Popen[bytes], address: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    with httpx.Client(trust_env=False, timeout=2) as client:
        while time.monotonic() < deadline:
            if server.poll() is not None:
                break
            if _healthy(client, address):
                return
            time.sleep(0.2)
    free = shutil.disk_usage(log.parent).free >> 20
    full = f"\nThe disk is full: {free} MB are left." if free < FULL else ""
    raise TasksMdError(_FAILED.format(log=log, tail=_tail(log), home=log.parent) + full)


def _healthy(client: httpx.Client, address: str) -> bool:
    try:
        return client.get(f"{address}/api/health").is_success
    except httpx.TransportError:
        return False


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-20:])


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    """Set environment variables for a while; Prefect takes its settings from them."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    _settings_anew()
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
        _settings_anew()


def _send_rest() -> None:
    """Let Prefect send the events that it holds: at exit it would look for a server for a minute."""
    imported = sys.modules.get("prefect.events.worker")
    if imported is not None:
        imported.EventsWorker.drain_all(timeout=10)


def _settings_anew() -> None:
    """Let a Prefect that was imported already read its settings again: it would start a server of its own."""
    imported = sys.modules.get("prefect.context")
    if imported is not None:
        imported.refresh_global_settings_context()


def _stop(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(timeout=15)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
