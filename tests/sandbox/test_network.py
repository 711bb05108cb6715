"""The way out to listed hosts, and to no others."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from pydantic import ValidationError

from tasks_lib.config import RepoConfig
from tasks_lib.errors import NotAllowed
from tasks_lib.ports import Finished
from tasks_lib.sandbox import Network
from tasks_lib.sandbox.allowed import Allowed, is_public
from tasks_lib.sandbox.tunnel import Tunnel

Run = Callable[..., Finished]
PUBLIC = "93.184.216.34"
LISTED = Allowed(("lib.test:443", "*.example.org:8443"), lambda _host, _port: [PUBLIC])

ASK = """
import os, socket, sys
from urllib.parse import urlsplit
door = urlsplit(os.environ["HTTPS_PROXY"])
with socket.create_connection((door.hostname, door.port)) as line:
    line.sendall(sys.argv[1].encode() + b" HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n")
    answer = line.recv(65536)
    if b" 200 " in answer:
        line.sendall(b"hello")
        line.shutdown(socket.SHUT_WR)
        answer += line.recv(65536)
print(answer.decode())
"""


@pytest.mark.parametrize(
    ("target", "way"),
    [
        ("lib.test:443", (PUBLIC, 443)),
        ("Lib.Test:443", (PUBLIC, 443)),
        ("a.example.org:8443", (PUBLIC, 8443)),
        ("a.b.example.org:8443", (PUBLIC, 8443)),
    ],
)
def test_listed_hosts_are_let_through(target: str, way: tuple[str, int]) -> None:
    """By their name and port, and by what a star stands for."""
    assert LISTED.way(target) == way


@pytest.mark.parametrize(
    "target",
    [
        *("lib.test:80", "evil.org:443", "xlib.test:443", "lib.test.evil.org:443", "files.lib.test:443"),
        *("example.org:8443", "evilexample.org:8443", ".example.org:8443", "a.example.org:443"),
        *("93.184.216.34:443", "[::1]:443", "lib.test", "", ":", "lib.test:443:443", "user@lib.test:443"),
    ],
)
def test_anything_else_is_not(target: str) -> None:
    """Another port, a longer or shorter name, an address, or nonsense."""
    with pytest.raises(NotAllowed, match="not in this repository's network list"):
        LISTED.way(target)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "192.168.0.9", "172.16.5.5", "169.254.169.254", "100.64.0.1", "0.0.0.1"),
        *("::1", "fe80::1%eth0", "fd00::5", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "224.0.0.1", "ff02::1"),
    ],
)
def test_a_name_must_not_lead_to_us(address: str) -> None:
    """A listed name whose server answers with an address of ours (DNS rebinding) is refused."""
    assert not is_public(address)
    rebound = Allowed(("lib.test:443",), lambda _host, _port: [PUBLIC, address])
    with pytest.raises(NotAllowed, match="not public"):
        rebound.way("lib.test:443")


def test_a_name_is_looked_up_once() -> None:
    """What was looked at is what is connected to, whatever the name means a moment later."""
    answers = [[PUBLIC], ["127.0.0.1"]]
    assert Allowed(("lib.test:443",), lambda _host, _port: answers.pop(0)).way("lib.test:443")[0] == PUBLIC
    assert answers == [["127.0.0.1"]]


@pytest.mark.parametrize(
    "entry",
    ["lib.test", "lib.test:0", "*:443", "*.org", "1.2.3.4:443", "https://lib.test:443", "a b.org:443", ""],
)
def test_an_entry_that_cannot_be_meant_is_refused(entry: str) -> None:
    """The configuration takes names with ports."""
    with pytest.raises(ValidationError, match="network"):
        RepoConfig(network=(entry,))


@pytest.fixture
def way_out() -> Iterator[Path]:
    """Give a way out on which every listed host is a server of ours that answers in capitals."""
    with ExitStack() as stack:
        server = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        thread = threading.Thread(target=_shout, args=(server,))
        thread.start()
        stack.callback(thread.join)
        stack.callback(server.shutdown, socket.SHUT_RDWR)
        path = Path(stack.enter_context(TemporaryDirectory())) / "out"
        tunnel = Tunnel(path, LISTED, lambda _place: socket.create_connection(server.getsockname()))
        stack.callback(tunnel.close)
        yield path


def _shout(server: socket.socket) -> None:
    while True:
        try:
            line, _ = server.accept()
        except OSError:
            return
        with line:
            line.sendall(line.recv(100).upper())


@pytest.fixture
def ask(confined: Run, checkout: Path, way_out: Path) -> Callable[[str], str]:
    """Give what asks the way out from within the sandbox, and returns its answer."""
    (checkout / "ask.py").write_text(ASK)
    return lambda request: (
        confined(f"/usr/bin/env python3 ask.py '{request}'", doors={"HTTPS_PROXY": way_out}).output
    )


def test_a_command_reaches_a_listed_host(ask: Callable[[str], str]) -> None:
    """Through its sandbox without network, by the variable that every tool knows."""
    assert ask("CONNECT lib.test:443").split("\r\n")[::2] == [
        "HTTP/1.1 200 Connection established",
        "HELLO\n",
    ]


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ("CONNECT evil.org:443", "HTTP/1.1 403 evil.org:443 is not in this repository's network list"),
        ("GET http://lib.test/", "HTTP/1.1 403 only https is let through"),
    ],
)
def test_a_refusal_is_told(request_: str, words: str, ask: Callable[[str], str]) -> None:
    """The command learns what was refused, and why."""
    assert ask(request_).startswith(words)


def test_one_way_out_for_one_list() -> None:
    """Without a list there is no door; repositories with the same list share one."""
    with ExitStack() as closing:
        network = Network(closing)
        assert network.doors(()) == {}
        first = network.doors(("lib.test:443",))
        assert first == network.doors(("lib.test:443",)) != network.doors(("lib.test:8443",))
        assert first.keys() == {"HTTPS_PROXY", "https_proxy"}
        assert all(path.is_socket() for path in first.values())
    assert not first["HTTPS_PROXY"].exists()
