"""The embedded server: its address, who shares it, and what keeps it from starting. None is needed here."""

import socket
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest

from tasks_lib.engine.server import embedded
from tasks_lib.engine.server.embedded import embedded_server, kept_port
from tasks_lib.engine.server.guests import Guests
from tasks_lib.errors import TasksMdError


def test_the_address_is_kept(tmp_path: Path) -> None:
    """Links in tasks, artifacts and mails still lead somewhere after the server was started again."""
    assert kept_port(tmp_path) == kept_port(tmp_path)


def test_a_port_that_something_else_took_is_given_up(tmp_path: Path) -> None:
    """Another free one is used, and kept from then on."""
    first = kept_port(tmp_path)
    with socket.create_server(("127.0.0.1", first)):
        second = kept_port(tmp_path)
    assert second != first
    assert kept_port(tmp_path) == second


def test_a_file_that_holds_no_port_is_passed_over(tmp_path: Path) -> None:
    """Nothing that stands in the file keeps the server from starting."""
    for words in ("", "eighty", "-1", "99999999"):
        (tmp_path / "port").write_text(words)
        assert 0 < kept_port(tmp_path) < 65536


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory whose server is one of files: it is up at once, and says that it is healthy."""
    (tmp_path / "api").mkdir()
    (tmp_path / "api" / "health").write_text("true")

    def command(address: str) -> list[str]:
        port = address.rpartition(":")[2]
        return [
            sys.executable,
            "-m",
            "http.server",
            port,
            "--bind",
            "127.0.0.1",
            "--directory",
            str(tmp_path),
        ]

    monkeypatch.setattr(embedded, "_command", command)
    for name in ("PREFECT_HOME", "PREFECT_API_URL", "PREFECT_UI_URL", "NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "")  # put back afterwards, whoever wrote there last
    return tmp_path / "home"


def test_two_commands_that_begin_at_the_same_moment_share_one_server(home: Path) -> None:
    """One starts it, the other waits until it is up; it stays until both are done."""
    said: list[str] = []
    addresses: list[str] = []
    both_in = threading.Barrier(2, timeout=60)

    def use() -> None:
        with embedded_server(home, said.append) as address:
            addresses.append(address)
            both_in.wait()

    commands = [threading.Thread(target=use) for _ in range(2)]
    for each in commands:
        each.start()
    for each in commands:
        each.join()

    assert len(set(addresses)) == 1
    assert len(addresses) == 2
    assert [words.partition(" (")[0] for words in said if "Starting" in words] == [
        "Starting a Prefect server"
    ]


def test_a_ctrl_c_ends_the_server_although_another_command_uses_it(home: Path) -> None:
    """Only a command that ends by itself waits for the others."""
    home.mkdir()
    with Guests(home) as other:

        def interrupted() -> None:
            with embedded_server(home), other.coming_in() as there:
                assert there
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            interrupted()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", int((home / "port").read_text())))


def test_what_prefect_still_holds_is_sent_before_the_server_goes(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A command would look for its own server for a minute, after it has said that it is done."""
    answered: list[bool] = []

    def drain_all(timeout: float) -> None:
        answered.append(httpx.get(f"{address}/api/health", trust_env=False, timeout=timeout).is_success)

    worker = SimpleNamespace(EventsWorker=SimpleNamespace(drain_all=drain_all))
    monkeypatch.setitem(sys.modules, "prefect.events.worker", worker)
    with embedded_server(home) as address:
        assert answered == []
    assert answered == [True]


def test_a_server_that_does_not_start_is_told_with_the_end_of_its_log(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An old Prefect at a newer one's database, say: where the database is, and what moving it away costs."""
    monkeypatch.setattr(embedded, "_command", lambda _: ["sh", "-c", "echo no such revision; exit 1"])
    monkeypatch.setattr(embedded, "FULL", 1 << 40)

    with pytest.raises(TasksMdError) as raised, embedded_server(home):
        pytest.fail("there is no server")

    said = str(raised.value)
    assert f"the end of {home}/server.log:\nno such revision" in said
    assert f"move {home}/prefect.db away" in said
    assert "The disk is full: " in said


def test_a_home_that_cannot_be_written_is_told_with_its_setting(tmp_path: Path) -> None:
    """No traceback: the directory, the system's words, and which setting names it."""
    (tmp_path / "file").touch()

    with (
        pytest.raises(TasksMdError, match=r"in .*/file/prefect \(below state_dir .*\): Not a directory$"),
        embedded_server(tmp_path / "file" / "prefect"),
    ):
        pytest.fail("there is no server")
