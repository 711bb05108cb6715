"""How fast changes of state reach the remote, beside the same by hand: pull --rebase, edit, commit, push.

    python benchmarks/ledger.py              # a remote by its path
    python benchmarks/ledger.py --rounds 200

One writer: everybody takes turns, each on a remote of its own. Two writers: both at once on one remote, each
on a row of its own, next to the other's. Milliseconds of wall time from the change of state to the moment in
which the remote is known to have it.
"""

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from fence import config

from tasks_lib.backlog.model import ItemId
from tasks_lib.config import RunConfig
from tasks_lib.vcs import GitLedger, make_lock
from tasks_lib.vcs.mirror import Mirror
from tasks_lib.vcs.push import Pusher, PushOutcome, PushState

ITEMS = 28
WARM_UP = 3
HEADER = """\
## Phase 1 - All

| id | status | description | repo | depends_on | agent | notes |
|----|--------|-------------|------|------------|-------|-------|
"""
PERSON = {
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
    "GIT_CONFIG_GLOBAL": "/dev/null",
}
Write = Callable[[str, str], None]
"""Give an item a note, on the remote."""


@dataclass
class Counts:
    """What went wrong on the way and was done again."""

    races: int = 0
    conflicts: int = 0


@dataclass
class Counting:
    """Counts the pushes that lost a race."""

    pusher: Pusher
    counts: Counts

    def push(self, updates: Mapping[str, str]) -> PushOutcome:
        outcome = self.pusher.push(updates)
        self.counts.races += outcome.state is PushState.LOST
        return outcome


class Ours:
    """The ledger, with its lock or without."""

    def __init__(self, setting: RunConfig, name: str, pusher: Pusher | None = None) -> None:
        self.counts = Counts()
        counting = Counting(pusher or Mirror(setting), self.counts)
        self._ledger = GitLedger(setting, run_id=name, pusher=counting)

    def write(self, item: str, note: str) -> None:
        self._ledger.record(lambda _: {ItemId(item): {"notes": note}}, f"{item}: {note}")


class ByHand:
    """A work tree in which each change is pulled, edited, committed and pushed until that works."""

    def __init__(self, remote: str, tree: Path) -> None:
        self.counts = Counts()
        self._tree = tree
        subprocess.run(["git", "clone", "-q", remote, str(tree)], check=True)

    def write(self, item: str, note: str) -> None:
        while not self._try(item, note):
            pass

    def _try(self, item: str, note: str) -> bool:
        """Make one round; what the edit was is known, so a conflict costs only another round."""
        self._must("pull", "-q", "--rebase")
        file = self._tree / "docs" / "tasks.md"
        text = file.read_text()
        file.write_text(re.sub(rf"^(\| {item} \|.*\|)[^|]*\|$", rf"\1 {note} |", text, flags=re.MULTILINE))
        self._must("commit", "-q", "-a", "-m", f"{item}: {note}")
        while not self._git("push", "-q"):
            self.counts.races += 1
            if not self._git("pull", "-q", "--rebase"):
                self.counts.conflicts += 1
                self._git("rebase", "--abort")
                self._must("reset", "-q", "--hard", "origin/main")
                return False
        return True

    def _must(self, *arguments: str) -> None:
        assert self._git(*arguments), arguments

    def _git(self, *arguments: str) -> bool:
        done = subprocess.run(
            ["git", *arguments],
            cwd=self._tree,
            env={**os.environ, **PERSON},
            capture_output=True,
            check=False,
        )
        return done.returncode == 0


@dataclass
class Figures:
    """One line of the table; ``times`` in ms, ``seconds`` of wall time for all of them together."""

    name: str
    times: list[float] = field(default_factory=list)
    seconds: float = 0.0
    counts: Counts = field(default_factory=Counts)

    @property
    def rate(self) -> float:
        """Commits per second."""
        return len(self.times) / self.seconds

    @property
    def median(self) -> float:
        return statistics.median(self.times)

    @property
    def p95(self) -> float:
        return sorted(self.times)[len(self.times) * 95 // 100]


def timed(write: Write, item: str, note: str) -> float:
    began = time.perf_counter()
    write(item, note)
    return (time.perf_counter() - began) * 1000


def one_writer(home: Path, rounds: int) -> list[Figures]:
    bare, fenced, hand = (config(home, name, str(home)) for name in ("bare", "fenced", "hand"))
    lock = make_lock(fenced, "benchmark")
    writers: dict[str, Write] = {
        "ledger, lock and fence": Ours(fenced, "benchmark", lock).write,
        "ledger without lock": Ours(bare, "benchmark").write,
        "by hand": ByHand(hand.remote, home / "tree").write,
    }
    figures = {name: Figures(name) for name in writers}
    with lock.exclusive():
        for number in range(-WARM_UP, rounds):
            for name, write in writers.items():
                taken = timed(write, "MS-001", f"note {number}")
                if number >= 0:
                    figures[name].times.append(taken)
    for figure in figures.values():
        figure.seconds = sum(figure.times) / 1000
    return list(figures.values())


def two_writers(name: str, remote: RunConfig, writers: Sequence[Ours | ByHand], rounds: int) -> Figures:
    """Let both write at once and see that nothing is lost."""

    def work(number: int, writer: Ours | ByHand) -> list[float]:
        return [timed(writer.write, f"MS-{number:03}", f"note {n}") for n in range(rounds)]

    began = time.perf_counter()
    with ThreadPoolExecutor() as pool:
        times = [each for found in pool.map(work, (1, 2), writers) for each in found]
    seconds = time.perf_counter() - began
    backlog = GitLedger(remote).read()
    assert [backlog[f"MS-00{n}"].notes for n in (1, 2)] == [f"note {rounds - 1}"] * 2
    counts = Counts(sum(w.counts.races for w in writers), sum(w.counts.conflicts for w in writers))
    return Figures(name, times, seconds, counts)


def against_each_other(home: Path, rounds: int) -> list[Figures]:
    ours, hand = config(home, "ours-2", str(home)), config(home, "hand-2", str(home))
    machines = [ours.model_copy(update={"state_dir": home / name}) for name in ("a", "b")]
    ledgers = [Ours(machine, f"run-{number}") for number, machine in enumerate(machines)]
    trees = [ByHand(hand.remote, home / f"tree-{name}") for name in ("a", "b")]
    return [
        two_writers("two ledgers without lock", ours, ledgers, rounds),
        two_writers("two by hand", hand, trees, rounds),
    ]


def show(figures: Sequence[Figures]) -> None:
    peer = figures[-1]
    print("| writer | commits/s | median, ms | p95, ms | lost races | conflicts |")
    print("|---|---|---|---|---|---|")
    for each in figures:
        ratios = [each.rate / peer.rate, each.median / peer.median, each.p95 / peer.p95]
        shown = [f"{each.rate:.1f}", f"{each.median:.0f}", f"{each.p95:.0f}"]
        cells = " | ".join(f"{value} ({ratio:.2f}x)" for value, ratio in zip(shown, ratios, strict=True))
        print(f"| {each.name} | {cells} | {each.counts.races} | {each.counts.conflicts} |")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=100)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as directory:
        home = Path(directory).resolve()
        rows = "".join(f"| MS-{n:03} | not-started | Measure | api | | | |\n" for n in range(1, ITEMS + 1))
        (home / "source" / "docs").mkdir(parents=True)
        (home / "source" / "docs" / "tasks.md").write_text(HEADER + rows)
        alone = one_writer(home, rounds)
        show(alone)
        fenced, bare, _ = alone
        print(f"\nlock and fence: {fenced.median - bare.median:.1f} ms of {fenced.median:.1f} ms\n")
        sys.stdout.flush()
        show(against_each_other(home, rounds))


if __name__ == "__main__":
    main()
