"""Doors: a service of ours that a command reaches although it has no network."""

import socket
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tasks_lib.errors import ItemChanged
from tasks_lib.ports import Finished, Shell
from tasks_lib.sandbox.doors import keeper

Run = Callable[..., Finished]
ASK = """
import os, socket
from urllib.parse import urlsplit
door = urlsplit(os.environ["SERVICE"])
with socket.create_connection((door.hostname, door.port)) as line:
    line.sendall(b"hello " * 50_000)
    line.shutdown(socket.SHUT_WR)
    answer = b"".join(iter(lambda: line.recv(65536), b""))
print(len(answer), answer[:11].decode())
"""


@pytest.fixture
def service() -> Iterator[Path]:
    """Give a unix socket that answers everything that it heard in capitals."""
    with TemporaryDirectory(prefix="doors-") as directory:
        path = Path(directory) / "service"
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(path))
            listener.listen()
            thread = threading.Thread(target=_answer, args=(listener,), daemon=True)
            thread.start()
            yield path
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def _answer(listener: socket.socket) -> None:
    while True:
        try:
            line, _ = listener.accept()
        except OSError:
            return
        with line, line.makefile("rb") as heard:
            line.sendall(heard.read().upper())


@pytest.fixture
def ask(checkout: Path) -> str:
    """Give the command that asks the service."""
    (checkout / "ask.py").write_text(ASK)
    return "/usr/bin/env python3 ask.py"


def test_a_door_leads_to_the_service(run: Run, ask: str, service: Path) -> None:
    """What goes in comes out, and the answer comes back, whatever its size."""
    finished = run(f"{ask} && {ask}", doors={"SERVICE": service})
    assert finished.output == "300000 HELLO HELLO\n" * 2


def test_two_variables_lead_to_one_service(run: Run, service: Path) -> None:
    """Each of the variables holds an address on the loopback interface."""
    finished = run("echo $HTTP_PROXY $HTTPS_PROXY", doors={"HTTP_PROXY": service, "HTTPS_PROXY": service})
    addresses = finished.output.split()
    assert len(addresses) == 2
    assert all(address.startswith("http://127.0.0.1:") for address in addresses)


def test_doors_open_nothing_else(confined: Run, ask: str, service: Path) -> None:
    """The command still has no network but its own loopback, and does not see where the socket is."""
    finished = confined(
        f"cat /proc/net/dev | tail -n +3 | cut -d: -f1; ls {service.parent}; {ask}",
        doors={"SERVICE": service},
    )
    assert finished.output.splitlines() == [
        "    lo",
        f"ls: cannot access '{service.parent}': No such file or directory",
        "300000 HELLO HELLO",
    ]


def test_a_door_is_not_carried_to_the_next_command(run: Run, service: Path) -> None:
    """The address is good for one command: the next one has its own, or none."""
    first = run("export SERVICE MINE=1", doors={"SERVICE": service})
    assert first.shell.exports == {"MINE": "1"}


def test_a_command_with_doors_is_a_command_like_any(run: Run, service: Path) -> None:
    """Exit code, `wait`, jobs and output are as they are without doors; nothing outlives the command."""
    finished = run("sleep 0.1 & wait; jobs; echo out; exit 7", doors={"SERVICE": service}, timeout=20)
    assert (finished.exit_code, finished.output, finished.timed_out) == (7, "out\n", False)


def test_a_service_that_is_gone_ends_the_connection(run: Run, ask: str) -> None:
    """Nobody waits for ever for a socket without a listener."""
    with TemporaryDirectory(prefix="doors-") as directory:
        dead = Path(directory) / "dead"
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(dead))
        finished = run(f"{ask} 2>&1 | tail -1", doors={"SERVICE": dead}, timeout=20)
    assert not finished.timed_out
    assert "HELLO" not in finished.output


def test_without_doors_nothing_is_put_before_a_command() -> None:
    """The interpreter is started for doors only."""
    assert keeper({}) == []
    assert keeper({"A": Path("/a")})[0] == str(Path(sys.executable).resolve())


def test_output_is_heard_as_it_comes(run: Run, checkout: Path) -> None:
    """The pieces arrive while the command is at work: it waits here for the answer to what it said."""
    pieces: list[bytes] = []

    def hear(data: bytes) -> None:
        pieces.append(data)
        (checkout / "answer").touch()

    finished = run("echo one; until [ -e answer ]; do sleep 0.02; done; echo two", hear=hear, timeout=20)
    assert b"".join(pieces).decode() == finished.output == "one\ntwo\n"
    assert len(pieces) == 2


def test_who_hears_may_end_the_command(run: Run, checkout: Path) -> None:
    """What is raised on a piece of output ends the command at once and comes out here."""

    def hear(_: bytes) -> None:
        raise ItemChanged("gone")

    with pytest.raises(ItemChanged, match="gone"):
        run("echo one; sleep 600; touch late", hear=hear, shell=Shell(), timeout=600)
    assert not (checkout / "late").exists()
