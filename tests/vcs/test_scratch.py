"""Directories of killed processes go, and what still writes into one of them is in nobody's way."""

import subprocess
import sys
from pathlib import Path

from tasks_lib.vcs.scratch import scratch

MANY = 2000
"""So many files take longer to remove than a new one to make."""
ORPHAN = """
import itertools, os
for number in itertools.count():
    os.close(os.open(str(number), os.O_CREAT))
"""


def test_what_a_killed_process_left_is_removed(tmp_path: Path) -> None:
    """A directory that nobody holds any more is gone as soon as the next one is made."""
    left = tmp_path / "left"
    (left / "src").mkdir(parents=True)
    (left / "src").chmod(0)

    with scratch(tmp_path, "new-") as made:
        assert list(tmp_path.iterdir()) == [made]
    assert list(tmp_path.iterdir()) == []


def test_a_directory_that_is_still_written_to_stops_nobody(tmp_path: Path) -> None:
    """A command of a killed run may live on for a while; what it leaves goes the next time."""
    left = tmp_path / "left"
    left.mkdir()
    orphan = subprocess.Popen([sys.executable, "-c", ORPHAN], cwd=left)
    try:
        while len(list(left.iterdir())) < MANY:
            assert orphan.poll() is None
        for _ in range(10):
            with scratch(tmp_path, "new-") as made:
                assert made.is_dir()
    finally:
        orphan.kill()
        orphan.wait()
    with scratch(tmp_path, "new-") as made:
        assert list(tmp_path.iterdir()) == [made]
