"""``tasks-md run`` as people type it, and the Prefect server that it finds."""

import subprocess
import sys
from pathlib import Path

import pytest

from tasks_lib.engine.server.api import configured_api
from tests.engine.project import Project, report, writes


def tasks_md(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tasks_lib.cli", *arguments], capture_output=True, text=True, check=False
    )


@pytest.mark.slow
def test_run_exits_0_only_when_everything_is_done(
    prefect_api: str, project: Project, config_file: Path
) -> None:
    """A blocker ends it with 1 and the reason; asked for once more, the item is done and it ends with 0."""
    project.record("ACP-004", report("ACP-004", "blocked", "the address is missing"))
    blocked = tasks_md("run", "--config", str(config_file))
    assert blocked.returncode == 1
    assert f"Prefect UI: {prefect_api}" in blocked.stdout
    assert "Deadlock: 3 of 5 items are done." in blocked.stdout
    assert (
        "ACP-004 is blocked (after 1 attempt: the agent reports blocked: the address is missing)"
        in blocked.stdout
    )

    project.record("ACP-004", writes("ACP-004", "good"))
    done = tasks_md("run", "--config", str(config_file), "--retry", "ACP-004")
    assert (done.returncode, project.backlog().finished) == (0, True), done.stdout + done.stderr
    assert "Finished: 5 of 5 items are done." in done.stdout


def test_a_missing_configuration_is_wrong_usage(tmp_path: Path) -> None:
    """The message names the file and how to get one."""
    ended = tasks_md("run", "--config", str(tmp_path / "nowhere.toml"))

    assert ended.returncode == 2
    assert "nowhere.toml: there is no such file; `tasks-md init` writes a commented one" in ended.stderr


def test_the_live_demo_needs_a_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says which variable before anything starts."""
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    ended = tasks_md("demo", "--live", "--directory", str(tmp_path))

    assert ended.returncode == 1
    assert "ANTHROPIC_API_KEY" in ended.stderr
    assert not (tmp_path / "live" / "mosaic.git").exists()


@pytest.mark.parametrize(
    ("environment", "profile", "found"),
    [
        ("http://127.0.0.1:1/api", "", "http://127.0.0.1:1/api"),
        ("", "http://127.0.0.1:2/api", "http://127.0.0.1:2/api"),
        ("http://127.0.0.1:1/api", "http://127.0.0.1:2/api", "http://127.0.0.1:1/api"),
        ("", "", ""),
    ],
)
def test_a_configured_server_is_found_in_environment_and_profile(
    environment: str, profile: str, found: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The environment comes before the active profile; with neither there is none."""
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path))
    monkeypatch.setenv("PREFECT_API_URL", environment)
    if not environment:
        monkeypatch.delenv("PREFECT_API_URL")
    if profile:
        text = f'active = "mine"\n\n[profiles.mine]\nPREFECT_API_URL = "{profile}"\n'
        (tmp_path / "profiles.toml").write_text(text)

    assert configured_api() == found
