"""A recording in the tools of Claude Code."""

import subprocess
from pathlib import Path

import pytest

from tasks_lib.agents.replay.dialects import in_dialect
from tasks_lib.agents.replay.messages import Place
from tasks_lib.agents.replay.recording import NotRecorded, RecordedCall, RecordedTurn
from tests.agents.conftest import ITEM, REPORT

PLACE = Place(ITEM, 1, 0, "")
OURS = {"tools": [{"name": "bash"}, {"name": "str_replace_based_edit_tool"}]}
THEIRS = {
    "tools": [{"name": name} for name in ("Bash", "Edit", "Read", "StructuredOutput")],
    "system": [{"type": "text", "text": "CWD: /workspace\nDate: 2026-11-22"}],
}
EDITOR = "str_replace_based_edit_tool"


def turn(name: str, **given: str) -> RecordedTurn:
    return RecordedTurn(text="x", calls=(RecordedCall(name=name, input=given),))


def spoken(recorded: RecordedTurn) -> list[tuple[str, dict[str, str]]]:
    return [(call.name, call.input) for call in in_dialect(recorded, THEIRS, PLACE).calls]


def test_our_own_tools_stay_as_recorded() -> None:
    """Whoever offers what was recorded gets it."""
    recorded = turn("bash", command="ls")
    assert in_dialect(recorded, OURS, PLACE) is recorded


def test_commands_and_edits_have_counterparts() -> None:
    """What is edited is read before, by its absolute path."""
    path = {"file_path": "/workspace/a/b.py"}
    edit = turn(EDITOR, command="str_replace", path="a/b.py", old_str="1", new_str="2")
    assert spoken(turn("bash", command="ls")) == [("Bash", {"command": "ls"})]
    assert spoken(edit) == [("Read", path), ("Edit", {**path, "old_string": "1", "new_string": "2"})]
    assert spoken(turn(EDITOR, command="view", path="a/b.py")) == [("Read", path)]


@pytest.mark.parametrize("text", ["", "no end", "one\n", "$HOME `id` 'q' \\\nEOF\n"])
def test_a_file_is_written_as_recorded(text: str, tmp_path: Path) -> None:
    """Whether it was there or not, to the byte, by a command."""
    request = {**THEIRS, "system": f"CWD: {tmp_path}"}
    create = turn(EDITOR, command="create", path="a b/c.py", file_text=text)
    (call,) = in_dialect(create, request, PLACE).calls
    for _ in range(2):
        subprocess.run(["/bin/bash", "-c", call.input["command"]], check=True)
    assert (tmp_path / "a b" / "c.py").read_text() == text


def test_the_result_becomes_a_call_where_one_is_offered() -> None:
    """From the JSON block of the text, or from our own tool; other texts stay texts."""
    values = {"task_id": ITEM, "status": "success", "commit_sha": "{commit}", "notes": "n", "used": "5.2K"}
    assert spoken(RecordedTurn(text=REPORT)) == [("StructuredOutput", values)]
    assert spoken(turn("report_result", status="failed")) == [("StructuredOutput", {"status": "failed"})]
    assert spoken(RecordedTurn(text="I am done.")) == []


@pytest.mark.parametrize("recorded", [turn("web_search"), turn(EDITOR, command="insert", path="a")])
def test_what_has_no_counterpart_is_said(recorded: RecordedTurn) -> None:
    """By its name."""
    with pytest.raises(NotRecorded, match=r"web_search|insert"):
        spoken(recorded)
