"""``tasks-md transcript``."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Call


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    (tmp_path / "tasks-md.toml").write_text('state_dir = "state"\n')
    path = tmp_path / "state" / "transcripts" / "A-1.attempt-2.20261122T120000Z.jsonl"
    path.parent.mkdir(parents=True)
    answer = {"event": "answer", "turn": 1, "content": [{"type": "text", "text": "\x1b[2Jevil <b>"}]}
    path.write_text(json.dumps(answer) + "\n")
    return path


def test_a_transcript_is_shown(call: Call, recorded: Path) -> None:
    """As text; what could steer a terminal does not get there."""
    done = call("transcript", "A-1")
    assert done.returncode == 0
    assert "evil <b>" in done.stdout
    assert "\x1b" not in done.stdout
    assert recorded.is_file()


def test_a_transcript_is_written_as_a_page(call: Call, recorded: Path, tmp_path: Path) -> None:
    """Into a file, or on standard output."""
    assert call("transcript", "A-1", "--attempt", "2", "--html", "page.html").returncode == 0
    page = (tmp_path / "page.html").read_text("utf-8")
    assert "evil &lt;b&gt;" in page
    assert recorded.stem in page
    assert call("transcript", "A-1", "--html").stdout == page


def test_a_transcript_that_is_not_there_is_said(call: Call, recorded: Path) -> None:
    """With those that are."""
    done = call("transcript", "A-1", "--attempt", "1")
    assert (done.returncode, recorded.exists()) == (1, True)
    assert "of A-1 there are attempts 2" in done.stderr
