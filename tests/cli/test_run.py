"""Commands that need a Prefect server where it is not there, or stays away. No real server is needed here."""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest

from tasks_lib.cli import main
from tasks_lib.engine.server.api import configured_api
from tasks_lib.engine.server.reach import check_api
from tasks_lib.errors import TasksMdError
from tests.engine.project import make_project

CONFIG = """
remote = "{remote}"
tracking_branch = "{branch}"
state_dir = "{state}"

[repos.app]
gates = []
"""

Serve = Callable[[int], str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start something that answers all questions with the same status and an empty list."""
    with ExitStack() as servers:

        def start(status: int) -> str:
            class Handler(BaseHTTPRequestHandler):
                def do_GET(self) -> None:
                    self.answer(404)  # there are no CSRF tokens

                def do_POST(self) -> None:
                    self.rfile.read(int(self.headers["Content-Length"]))
                    self.answer(status)

                def answer(self, status: int) -> None:
                    self.send_response(status)
                    self.send_header("Content-Length", "2")
                    self.end_headers()
                    self.wfile.write(b"[]")

                def log_message(self, *_: object) -> None: ...

            server = servers.enter_context(HTTPServer(("127.0.0.1", 0), Handler))
            servers.callback(server.shutdown)
            threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
            return f"http://127.0.0.1:{server.server_port}/api"

        yield start


@pytest.fixture(scope="module")
def remote(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_project(tmp_path_factory.mktemp("project")).remote


@pytest.fixture
def config_file(tmp_path: Path, remote: Path) -> str:
    file = tmp_path / "tasks-md.toml"
    file.write_text(CONFIG.format(remote=remote, branch="main", state=tmp_path / "state"))
    return str(file)


@pytest.fixture
def command(config_file: str, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """``tasks-md run`` with a server that is there to begin with."""
    monkeypatch.setenv("PREFECT_API_URL", serve(200))
    return ["run", "--config", config_file]


def end_with(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the flow end with an error."""

    def flow(*_parameters: object, **_named: object) -> None:
        raise error

    monkeypatch.setitem(sys.modules, "flows.run_backlog", SimpleNamespace(run_backlog=flow))


def test_a_server_that_stays_away_is_told_in_words(
    command: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """No traceback: what happened, which record is right and which is not; the exit code claims nothing."""
    end_with(httpx.ConnectError("Connection refused"), monkeypatch)

    assert main(command) == 1

    said = capsys.readouterr().err
    assert said.startswith("tasks-md run: the Prefect server went away and did not come back in time: ")
    assert "Connection refused\nThe tracking file on the remote is right" in said
    assert "the UI's history of this run is incomplete" in said


def test_a_mistake_of_ours_is_not_taken_for_a_server_that_is_away(
    command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Any other error keeps its traceback."""
    end_with(KeyError("ACP-001"), monkeypatch)

    with pytest.raises(KeyError):
        main(command)


@pytest.mark.parametrize("words", [("run",), ("serve",), ("deploy",), ("retry", "ACP-001")])
def test_a_configured_server_that_is_none_ends_every_command_that_needs_it(
    words: tuple[str, ...],
    config_file: str,
    serve: Serve,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """One error, before anything begins: which address, what it said, who names it, three ways to mend it."""
    address = serve(404)
    monkeypatch.setenv("PREFECT_API_URL", address)

    assert main([*words, "--config", config_file]) == 1

    told = capsys.readouterr()
    first, *more = told.err.splitlines()
    assert first.startswith(f"tasks-md {words[0]}: the Prefect server at {address} cannot be used: ")
    assert "404" in first
    mend = " ".join(more)
    assert "PREFECT_API_URL in the environment" in mend
    assert "prefect server start" in mend
    assert "unset PREFECT_API_URL" in mend
    assert told.out == ""


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("http://127.0.0.1:9/api", "Connection refused"),
        ("127.0.0.1:4200/api", "missing an 'http://' or 'https://' protocol"),
        ("http://127.0.0.1:port/api", "Invalid port: 'port'"),
    ],
)
def test_an_address_at_which_nothing_answers_is_told_as_it_is(address: str, why: str) -> None:
    """A server that is not running, and an address with a typo."""
    with pytest.raises(TasksMdError, match=f"at {address} cannot be used: .*{why}"):
        check_api(address)


@pytest.mark.parametrize("words", [("run",), ("retry", "ACP-001")])
def test_a_wrong_environment_is_told_before_a_server_is_started(
    words: tuple[str, ...],
    config_file: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A branch that does not exist, and a machine without bubblewrap: one line each, no item is touched."""
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    other = tmp_path / "other.toml"
    other.write_text(Path(config_file).read_text().replace('"main"', '"mian"'))

    assert main([*words, "--config", str(other)]) == 1
    assert "the remote has no branch 'mian' (tracking_branch)" in capsys.readouterr().err

    monkeypatch.setenv("PATH", str(tmp_path))
    assert main([*words, "--config", config_file]) == 1
    told = capsys.readouterr()
    assert "bubblewrap is not installed; on Debian: apt-get install bubblewrap" in told.err
    assert told.out == ""


def test_a_setting_with_a_typo_is_told_with_what_was_meant(
    config_file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """File, place, and the setting that is spelled nearly so."""
    with Path(config_file).open("a") as file:
        file.write('[agent]\nmodle = "some-model"\n')

    assert main(["run", "--config", config_file]) == 1
    assert "agent.modle: there is no such setting; did you mean model?" in capsys.readouterr().err


def test_a_broken_profile_is_told_with_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Prefect's own words on it, without its traceback."""
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path))
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    (tmp_path / "profiles.toml").write_text("[profiles.mine")
    python = tmp_path / "python"  # without the seconds that it takes to import Prefect
    python.write_text(
        '#!/bin/sh\nprintf "Traceback:\\n  at all\\nTOMLDecodeError: Expected ]\\n" >&2; exit 1'
    )
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))

    with pytest.raises(TasksMdError, match=r"cannot read .*profiles\.toml: TOMLDecodeError: Expected \]$"):
        configured_api()
