"""Recordings: read strictly, with every mistake by file and key."""

from pathlib import Path

import pytest

from tasks_lib.agents.replay import load_recordings
from tasks_lib.errors import ConfigError

GOOD = 'item = "MS-SEC-001"\n[[attempts]]\n[[attempts.turns]]\ntext = "one"\n'


def write(directory: Path, name: str, text: str) -> Path:
    directory.mkdir(exist_ok=True)
    path = directory / f"{name}.toml"
    path.write_text(text)
    return path


def test_recordings_are_found_by_item(tmp_path: Path) -> None:
    """One file per item."""
    write(tmp_path / "a", "MS-SEC-001", GOOD)
    write(tmp_path / "a", "MS-SEC-002", GOOD.replace("001", "002"))
    assert sorted(load_recordings([tmp_path / "a"])) == ["MS-SEC-001", "MS-SEC-002"]


def test_the_first_directory_wins(tmp_path: Path) -> None:
    """A variant in front of the usual recordings replaces single items."""
    write(tmp_path / "variant", "MS-SEC-001", GOOD.replace("one", "other"))
    write(tmp_path / "usual", "MS-SEC-001", GOOD)
    loaded = load_recordings([tmp_path / "variant", tmp_path / "usual"])
    turn = loaded["MS-SEC-001"].turn(1, 0)
    assert turn is not None
    assert turn.text == "other"


def test_turns_of_later_attempts_are_those_of_the_last(tmp_path: Path) -> None:
    """And beyond the last turn there is none."""
    write(tmp_path / "a", "MS-SEC-001", GOOD + '[[attempts]]\n[[attempts.turns]]\ntext = "two"\n')
    recording = load_recordings([tmp_path / "a"])["MS-SEC-001"]
    told = [recording.turn(attempt, 0) for attempt in (1, 2, 9)]
    assert [turn.text for turn in told if turn] == ["one", "two", "two"]
    assert recording.turn(1, 1) is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("item = ", "not TOML"),
        ('item = "A-1"', "attempts: Field required"),
        ('item = "A-1"\nattempts = []', "attempts: Tuple should have at least 1 item"),
        (GOOD.replace("text", "txet"), "attempts[1].turns[1].txet: Extra inputs are not permitted"),
        (GOOD + "[[attempts.turns.calls]]\ninput = {}", "attempts[1].turns[1].calls[1].name: Field required"),
        (GOOD + "stop_reason = 'tired'", "attempts[1].turns[1].stop_reason: Input should be"),
    ],
)
def test_a_mistake_is_told_by_file_and_key(tmp_path: Path, text: str, told: str) -> None:
    """Counted from 1, as people do."""
    path = write(tmp_path / "a", "bad", text)
    with pytest.raises(ConfigError) as caught:
        load_recordings([tmp_path / "a"])
    assert f"{path}: {told}" in str(caught.value)


def test_all_mistakes_come_at_once(tmp_path: Path) -> None:
    """In all files and all directories."""
    write(tmp_path / "a", "bad", "item = ")
    write(tmp_path / "a", "worse", "nothing = 1")
    write(tmp_path / "b", "one", GOOD)
    twice = write(tmp_path / "b", "two", GOOD)
    with pytest.raises(ConfigError) as caught:
        load_recordings([tmp_path / "a", tmp_path / "b", tmp_path / "none"])
    message = str(caught.value)
    assert "bad.toml: not TOML" in message
    assert "worse.toml: item: Field required" in message
    assert f"{twice}: item: MS-SEC-001 is recorded twice" in message
    assert f"{tmp_path / 'none'}: is not a directory" in message
