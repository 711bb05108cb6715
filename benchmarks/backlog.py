"""What reading, checking, editing and merging a tracking file costs, beside a floor of the same run.

    python benchmarks/backlog.py                     # the table
    python benchmarks/backlog.py --hostile 10        # each hostile input at 10 MB
    python benchmarks/backlog.py --commands          # whole processes of tasks-md on the example
    python benchmarks/backlog.py --peers NODE_DIR    # task-master-ai and backlog.md, installed below NODE_DIR

All times are processor seconds of this process, the best of several runs; those of peers, and ours beside
them, are wall seconds of whole processes. The floor does the least that any reader of such a table must do:
decode, split into lines and cells, strip the cells.
"""

import argparse
import importlib.util
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

from tasks_lib.backlog import COLUMNS, edit_backlog, lint_backlog, merge_backlogs, parse_backlog

HEADER = f"| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}\n"
PATIENCE = 60
MOST_RUNS = 20


def plan(layers: int, width: int) -> bytes:
    """Return phases of items, each item depending on every item of the phase before it."""
    parts = ["# A plan\n"]
    for layer in range(1, layers + 1):
        ids = [f"MS-L{layer}-{number:03}" for number in range(1, width + 1)]
        before = (
            ",".join(f"MS-L{layer - 1}-{number:03}" for number in range(1, width + 1)) if layer > 1 else ""
        )
        after = (
            ",".join(f"MS-L{layer + 1}-{number:03}" for number in range(1, width + 1))
            if layer < layers
            else ""
        )
        parts.append(f"\n## Phase {layer} - Layer ({ids[0]} through {ids[-1]})\n\n{HEADER}")
        parts += [row(item_id, number, before, after) for number, item_id in enumerate(ids)]
    return "".join(parts).encode()


def chain(count: int) -> bytes:
    """Return one phase of items, each depending on the one before it."""
    ids = ["", *(f"MS-SEC-{number:05}" for number in range(1, count + 1)), ""]
    return (HEADER + "".join(row(ids[n], n, ids[n - 1], ids[n + 1]) for n in range(1, count + 1))).encode()


def row(item_id: str, number: int, before: str, after: str) -> str:
    what = f"Mend what the review found in module {number}, and add a test that fails without the change."
    times = "2026-02-05T14:03:00Z | 2026-02-05T15:10:00Z"
    figures = f"{number % 40 + 1}K | {number % 38}.5K"
    return (
        f"| {item_id} | done | {what} | #{number} | api | fix/{item_id.lower()} | {before} | {after} "
        f"| claude-opus-5-5 | {times} | {figures} | |\n"
    )


def floor(data: bytes) -> int:
    """Do the least that reading takes; return the number of cells, so that nothing can be left out."""
    lines = data.decode().splitlines()
    return sum(len([cell.strip() for cell in line.split("|")]) for line in lines)


def best(action: Callable[[], object]) -> float:
    """Return the processor seconds of the fastest of several runs."""
    times: list[float] = []
    while len(times) < 3 or (sum(times) < 1 and len(times) < MOST_RUNS):  # noqa: PLR2004 - three runs at least
        start = time.process_time()
        action()
        times.append(time.process_time() - start)
    return min(times)


def peak(action: Callable[[], object]) -> float:
    """Return the megabytes that an action has in use at its highest."""
    tracemalloc.start()
    action()
    top = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return top / 1e6


def figures(name: str, data: bytes) -> str:
    """Return one row of the table."""
    first = next(iter(parse_backlog(data))).id
    theirs = edit_backlog(data, {first: {"notes": "by a person"}})
    ours = edit_backlog(data, {first: {"status": "failed"}})
    least = best(lambda: floor(data))
    actions: list[Callable[[], object]] = [
        lambda: parse_backlog(data),
        lambda: lint_backlog(data),
        lambda: edit_backlog(data, {first: {"status": "failed"}}),
        lambda: merge_backlogs(data, ours, theirs),
    ]
    cells = [f"{seconds * 1000:.1f} ({seconds / least:.1f}x)" for seconds in map(best, actions)]
    size = f"{len(data) / 1e6:.2f}"
    return f"| {name} | {size} | {least * 1000:.1f} | {' | '.join(cells)} | {peak(actions[1]):.0f} |"


def show_table() -> None:
    example = Path(__file__).parents[1] / "examples/mosaic/docs/tasks.md"
    print("| file | MB | floor, ms | parse, ms | lint, ms | edit, ms | merge, ms | peak of lint, MB |")
    print("|---|---|---|---|---|---|---|---|")
    print(figures("the example, 28 items", example.read_bytes()))
    for count in (1_000, 10_000):
        print(figures(f"a chain of {count:,} items", chain(count)))
    print(figures("layers, 100 phases of 10", plan(100, 10)))
    print(figures("layers, 100 phases of 100", plan(100, 100)))


def show_hostile(megabytes: float) -> None:
    path = Path(__file__).parents[1] / "tests/backlog/hostile.py"
    spec = importlib.util.spec_from_file_location("hostile", path)
    assert spec
    assert spec.loader
    hostile = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(hostile)
    times = {}
    for name in hostile.HOSTILE:
        data = hostile.build(name, int(megabytes * 1e6))
        start = time.process_time()
        lint_backlog(data)
        times[name] = time.process_time() - start
    print(f"| hostile input of {megabytes:g} MB | lint, s |\n|---|---|")
    for name, seconds in sorted(times.items(), key=lambda pair: -pair[1])[:10]:
        print(f"| {name} | {seconds:.2f} |")
    print(f"| the other {len(times) - 10} | at most {sorted(times.values())[-11]:.2f} |")


def wall(command: list[str], directory: Path) -> str:
    """Return wall seconds of a whole process and its exit status, or that patience ran out."""
    start = time.perf_counter()
    try:
        done = subprocess.run(command, cwd=directory, capture_output=True, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        return f"over {PATIENCE}"
    return f"{time.perf_counter() - start:.2f} (exit {done.returncode})"


def cheapest(command: list[str], directory: Path) -> tuple[float, float]:
    """Return the least processor and wall seconds that a whole process took, in ten runs."""
    runs = [_cost(command, directory) for _ in range(10)]
    return min(processor for processor, _ in runs), min(wall_time for _, wall_time in runs)


def _cost(command: list[str], directory: Path) -> tuple[float, float]:
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, cwd=directory, capture_output=True, check=True)
    wall_time, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime, wall_time


def show_commands() -> None:
    example = Path(__file__).parents[1] / "examples/mosaic"
    floor_processor, floor_wall = cheapest([sys.executable, "-c", "pass"], example)
    print("| whole process | processor, ms | wall, ms |\n|---|---|---|")
    print(f"| `python -c pass`, the floor | {floor_processor * 1000:.0f} | {floor_wall * 1000:.0f} |")
    for name in ("check", "plan", "graph", "next", "status"):
        processor, wall_time = cheapest([sys.executable, "-m", "tasks_lib.cli", name], example)
        print(
            f"| `tasks-md {name}` | {processor * 1000:.0f} ({processor / floor_processor:.1f}x) "
            f"| {wall_time * 1000:.0f} ({wall_time / floor_wall:.1f}x) |"
        )


def ours_on(data: bytes, directory: Path) -> str:
    (directory / "tasks.md").write_bytes(data)
    program = "from tasks_lib.backlog import lint_backlog as l; exit(any(l(open('tasks.md', 'rb').read())))"
    return wall([sys.executable, "-c", program], directory)


def task_master_on(data: bytes, directory: Path, binary: Path) -> str:
    backlog = parse_backlog(data)
    numbers = {item.id: number for number, item in enumerate(backlog, start=1)}
    tasks = [
        {
            "id": numbers[item.id],
            "title": item.description,
            "description": item.description,
            "status": "pending",
            "dependencies": [numbers[need] for need in item.depends_on],
            "priority": "medium",
            "details": "",
            "testStrategy": "",
            "subtasks": [],
        }
        for item in backlog
    ]
    (directory / ".taskmaster/tasks").mkdir(parents=True, exist_ok=True)
    (directory / ".taskmaster/tasks/tasks.json").write_text(json.dumps({"master": {"tasks": tasks}}))
    return wall([str(binary), "validate-dependencies"], directory)


def backlog_md_on(data: bytes, directory: Path, binary: Path) -> str:
    backlog = parse_backlog(data)
    numbers = {item.id: number for number, item in enumerate(backlog, start=1)}
    subprocess.run(["git", "init", "-q"], cwd=directory, check=True)
    subprocess.run(
        [str(binary), "init", "bench", "--defaults"], cwd=directory, check=False, capture_output=True
    )
    for item in backlog:
        needs = ", ".join(f"task-{numbers[need]}" for need in item.depends_on)
        number = numbers[item.id]
        text = (
            f"---\nid: task-{number}\ntitle: {item.id}\nstatus: To Do\nassignee: []\n"
            f"created_date: '2026-02-05'\nlabels: []\ndependencies: [{needs}]\n---\n\n{item.description}\n"
        )
        (directory / f"backlog/tasks/task-{number} - x.md").write_text(text)
    return wall([str(binary), "task", "list", "--plain"], directory)


def show_peers(modules: Path) -> None:
    master, other = (modules / "node_modules/.bin" / name for name in ("task-master", "backlog"))
    example = (Path(__file__).parents[1] / "examples/mosaic/docs/tasks.md").read_bytes()
    plans = {
        "the example, 28 items": example,
        "layers, 6 phases of 9": plan(6, 9),
        "layers, 9 phases of 6": plan(9, 6),
        "layers, 100 phases of 10": plan(100, 10),
    }
    print("| whole processes, s | ours: lint | task-master: validate-dependencies | Backlog.md: list |")
    print("|---|---|---|---|")
    for name, data in plans.items():
        directory = Path(tempfile.mkdtemp())
        cells = [ours_on(data, directory)]
        cells.append(task_master_on(data, directory, master) if master.exists() else "not installed")
        cells.append(backlog_md_on(data, directory, other) if other.exists() else "not installed")
        print(f"| {name} | {' | '.join(cells)} |")
        shutil.rmtree(directory)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument(
        "--hostile", type=float, metavar="MB", help="measure hostile inputs of this size instead"
    )
    parser.add_argument(
        "--peers", type=Path, metavar="NODE_DIR", help="measure peers installed there by npm instead"
    )
    parser.add_argument(
        "--commands", action="store_true", help="measure whole processes of tasks-md on the example instead"
    )
    arguments = parser.parse_args()
    if arguments.hostile:
        show_hostile(arguments.hostile)
    elif arguments.commands:
        show_commands()
    elif arguments.peers:
        show_peers(arguments.peers)
    else:
        show_table()


if __name__ == "__main__":
    main()
