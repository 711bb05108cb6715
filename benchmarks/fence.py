"""What the fence adds to one record: the same ledger with and without its lock, turn by turn.

    python benchmarks/fence.py              # a remote by its path
    python benchmarks/fence.py --daemon     # behind a git daemon on loopback
    python benchmarks/fence.py --rounds 200

Milliseconds of wall time from the call of ``record`` to the accepted push, each on a remote of its own.
"""

import argparse
import contextlib
import socket
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tasks_lib.backlog.model import ItemId
from tasks_lib.config import Identity, RunConfig
from tasks_lib.vcs import GitLedger, make_lock, seed_remote

TRACKING = """\
## Phase 1 - All

| id | status | description | repo | depends_on | agent | notes |
|----|--------|-------------|------|------------|-------|-------|
| MS-001 | not-started | Measure | api | | | |
"""


def timed(ledger: GitLedger, note: str) -> float:
    began = time.perf_counter()
    ledger.record(lambda _: {ItemId("MS-001"): {"notes": note}}, f"MS-001: {note}")
    return (time.perf_counter() - began) * 1000


def table(bare: list[float], fenced: list[float]) -> None:
    for name, figures in (("without lock", bare), ("with lock", fenced)):
        ordered = sorted(figures)
        p90 = ordered[len(ordered) * 9 // 10]
        print(f"{name:14} median {statistics.median(ordered):6.1f} ms   p90 {p90:6.1f} ms")
    difference = [b - a for a, b in zip(bare, fenced, strict=True)]
    print(f"{'difference':14} median {statistics.median(difference):6.1f} ms")


def config(home: Path, name: str, address: str) -> RunConfig:
    source = home / "source"
    if not source.exists():
        (source / "docs").mkdir(parents=True)
        (source / "docs" / "tasks.md").write_text(TRACKING)
    seed_remote(source, home / f"{name}.git", Identity())
    return RunConfig(remote=f"{address}/{name}.git", state_dir=home / name)


@contextlib.contextmanager
def daemon(home: Path) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [
            *("git", "daemon", "--listen=127.0.0.1", f"--port={port}", "--reuseaddr", "--export-all"),
            *("--enable=receive-pack", f"--base-path={home}", str(home)),
        ],
        stderr=subprocess.DEVNULL,
    )
    time.sleep(1)
    try:
        yield f"git://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--daemon", action="store_true")
    parser.add_argument("--rounds", type=int, default=60)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory, contextlib.ExitStack() as stack:
        home = Path(directory)
        address = stack.enter_context(daemon(home)) if arguments.daemon else str(home)
        bare_config, fenced_config = config(home, "bare", address), config(home, "fenced", address)
        lock = make_lock(fenced_config, "benchmark")
        bare = GitLedger(bare_config, run_id="benchmark")
        fenced = GitLedger(fenced_config, run_id="benchmark", pusher=lock)
        with lock.exclusive():
            pairs = [(timed(bare, f"n{n}"), timed(fenced, f"n{n}")) for n in range(arguments.rounds + 3)][3:]
        table([a for a, _ in pairs], [b for _, b in pairs])
        began = time.perf_counter()
        with lock.exclusive():
            taken = time.perf_counter()
        released = time.perf_counter()
        print(f"{'taking':14} {(taken - began) * 1000:13.1f} ms")
        print(f"{'releasing':14} {(released - taken) * 1000:13.1f} ms")


if __name__ == "__main__":
    main()
