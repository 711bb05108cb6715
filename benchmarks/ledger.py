"""The ledger beside ``git pull --rebase``: latency of one change, and two writers against each other.

    python benchmarks/ledger.py               # 60 changes a writer
    python benchmarks/ledger.py --changes 200

A change is one cell of the tracking file, from the decision to the remote having it: wall time, on a bare
remote by its path, both ways in the same run and turn by turn. The peer is what a script would do: a work
tree, ``git pull --rebase``, the edit, ``git commit``, ``git push``, again when the push is refused; a rebase
that stops on a conflict is counted, undone and tried once more on the new tip.
"""

import argparse
import os
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from tasks_lib.backlog import edit_backlog
from tasks_lib.backlog.model import ItemId
from tasks_lib.config import Identity, RunConfig
from tasks_lib.vcs import GitLedger, seed_remote

ROW = "| MS-{number:03} | not-started | Measure | api | | | |\n"
TRACKING = (
    "## Phase 1 - All\n\n"
    "| id | status | description | repo | depends_on | agent | notes |\n"
    "|----|--------|-------------|------|------------|-------|-------|\n"
    + "".join(ROW.format(number=number) for number in range(1, 29))
)
PERSON = {
    "GIT_AUTHOR_NAME": "peer",
    "GIT_AUTHOR_EMAIL": "peer@localhost",
    "GIT_COMMITTER_NAME": "peer",
    "GIT_COMMITTER_EMAIL": "peer@localhost",
    "GIT_CONFIG_GLOBAL": "/dev/null",
}

Change = Callable[[int, str], None]
"""Writes a note into the row of that number, and returns when the remote has it."""


class Peer:
    """A work tree and the commands that everybody knows."""

    def __init__(self, remote: Path, tree: Path) -> None:
        self.tree = tree
        self.conflicts = 0
        self._git("clone", "-q", str(remote), str(tree), at=tree.parent)

    def change(self, number: int, note: str) -> None:
        while True:
            if not self._git("pull", "-q", "--rebase"):
                self.conflicts += 1
                self._git("rebase", "--abort")
                self._git("reset", "-q", "--hard", "origin/main")
            file = self.tree / "docs" / "tasks.md"
            file.write_bytes(edit_backlog(file.read_bytes(), {ItemId(f"MS-{number:03}"): {"notes": note}}))
            self._git("commit", "-q", "-a", "-m", f"MS-{number:03}: {note}")
            if self._git("push", "-q", "origin", "main"):
                return

    def _git(self, *arguments: str, at: Path | None = None) -> bool:
        command = ["git", *arguments]
        ended = subprocess.run(
            command, cwd=at or self.tree, env=os.environ | PERSON, capture_output=True, check=False
        )
        return ended.returncode == 0


def ledger_change(ledger: GitLedger) -> Change:
    def change(number: int, note: str) -> None:
        item = ItemId(f"MS-{number:03}")
        ledger.record(lambda _: {item: {"notes": note}}, f"{item}: {note}", item)

    return change


def timed(change: Change, number: int, note: str) -> float:
    began = time.perf_counter()
    change(number, note)
    return (time.perf_counter() - began) * 1000


def race(changes: int, writers: list[tuple[Change, int]]) -> float:
    """Let all writers make their changes at once, each to its row; return changes a second."""

    def write(change: Change, number: int) -> None:
        for each in range(changes):
            change(number, f"change {each}")

    threads = [threading.Thread(target=write, args=writer) for writer in writers]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return changes * len(writers) / (time.perf_counter() - began)


def show(name: str, figures: list[float]) -> float:
    ordered = sorted(figures)
    median = statistics.median(ordered)
    p95 = ordered[len(ordered) * 95 // 100]
    print(f"{name:22} median {median:6.1f} ms   p95 {p95:6.1f} ms   {1000 / median:5.1f} changes/s")
    return median


def new_remote(home: Path, name: str) -> Path:
    source = home / "source"
    if not source.exists():
        (source / "docs").mkdir(parents=True)
        (source / "docs" / "tasks.md").write_text(TRACKING)
    seed_remote(source, home / f"{name}.git", Identity())
    return home / f"{name}.git"


def new_ledger(remote: Path, state: Path) -> GitLedger:
    return GitLedger(RunConfig(remote=str(remote), state_dir=state, push_budget=600), run_id=state.name)


def one_writer(home: Path, changes: int) -> None:
    ours = ledger_change(new_ledger(new_remote(home, "ours"), home / "state"))
    peer = Peer(new_remote(home, "peer"), home / "peer")
    figures: tuple[list[float], list[float]] = ([], [])
    for each in range(changes):
        figures[0].append(timed(ours, 1, f"change {each}"))
        figures[1].append(timed(peer.change, 1, f"change {each}"))
    print("One writer")
    ratio = show("ledger", figures[0]) / show("git pull --rebase", figures[1])
    print(f"ratio of the medians: {ratio:.2f}\n")


def two_writers(home: Path, changes: int) -> None:
    """Rows 1 and 2 stand next to each other: what a line merge cannot take."""
    remote = new_remote(home, "ours-two")
    ledgers = [ledger_change(new_ledger(remote, home / f"machine-{n}")) for n in (1, 2)]
    ours = race(changes, [(ledgers[0], 1), (ledgers[1], 2)])
    remote = new_remote(home, "peer-two")
    peers = [Peer(remote, home / f"tree-{n}") for n in (1, 2)]
    theirs = race(changes, [(peers[0].change, 1), (peers[1].change, 2)])
    conflicts = sum(peer.conflicts for peer in peers)
    print("Two writers on adjacent rows, on two machines")
    print(f"{'ledger':22} {ours:5.1f} changes/s   conflicts 0")
    print(
        f"{'git pull --rebase':22} {theirs:5.1f} changes/s   conflicts {conflicts} in {2 * changes} changes"
    )
    print(f"ratio of the rates: {ours / theirs:.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--changes", type=int, default=60, help="changes a writer (60)")
    changes = parser.parse_args().changes
    with tempfile.TemporaryDirectory(prefix="tasks-md-ledger-") as directory:
        one_writer(Path(directory), changes)
        two_writers(Path(directory), changes)


if __name__ == "__main__":
    main()
