"""``tasks-md run`` where the Prefect server stays away. No server is needed here."""

import sys
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest

from tasks_lib.cli import main

CONFIG = """
remote = "/srv/app.git"
state_dir = "{state}"

[repos.app]
gates = []
"""


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    file = tmp_path / "tasks-md.toml"
    file.write_text(CONFIG.format(state=tmp_path / "state"))
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    return ["run", "--config", str(file)]


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
