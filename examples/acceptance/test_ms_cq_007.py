"""MS-CQ-007: the state file is never half written."""

import os
from pathlib import Path

import pytest
from mosaic_coordinator.state import StateFile


def test_a_failing_save_leaves_the_old_state(tmp_path: Path) -> None:
    """A value that is no JSON turns up in the middle of the write."""
    file = StateFile(tmp_path / "state.json")
    file.save({"seen": {"u-1": 1.0}})
    with pytest.raises(TypeError):
        file.save({"deliveries": [], "seen": object()})
    assert file.load() == {"seen": {"u-1": 1.0}}


def test_the_old_file_is_replaced_not_overwritten(tmp_path: Path) -> None:
    """A second name of the old file keeps the old state: not one byte of it was touched."""
    file, kept = StateFile(tmp_path / "state.json"), tmp_path / "kept.json"
    file.save({"seen": {"u-1": 1.0}})
    os.link(tmp_path / "state.json", kept)
    file.save({"seen": {}})
    assert StateFile(kept).load() == {"seen": {"u-1": 1.0}}
    assert file.load() == {"seen": {}}
