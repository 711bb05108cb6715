from pathlib import Path

from mosaic_coordinator.state import StateFile


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    file = StateFile(tmp_path / "var" / "state.json")
    file.save({"seen": {"u-1": 12.5}})
    assert file.load() == {"seen": {"u-1": 12.5}}


def test_the_first_start_remembers_nothing(tmp_path: Path) -> None:
    assert StateFile(tmp_path / "state.json").load() == {}
