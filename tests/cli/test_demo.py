"""``tasks-md demo`` before anything starts: who does the items, and what is missing."""

from pathlib import Path

import pytest

from tasks_lib.cli import main
from tasks_lib.cli.demo import demo_config


@pytest.mark.parametrize(
    ("agent", "replay"), [("anthropic", "replay"), ("claude-code", "replay-claude-code")]
)
def test_who_does_the_items(agent: str, replay: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On recordings, unless the real model is asked for."""
    (tmp_path / "claude").touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-canary")
    kinds = [demo_config(tmp_path, agent, live=live).agent.kind for live in (False, True)]
    assert kinds == [replay, agent]


def test_a_missing_claude_is_said_before_anything_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the command that installs it."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["demo", "--agent", "claude-code", "--directory", str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert "there is no command claude on PATH: install it (npm install -g @anthropic-ai/claude-code)" in said
    assert not (tmp_path / "claude-code" / "mosaic.git").exists()
