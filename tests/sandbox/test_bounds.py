"""What all processes of a command may take together."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tasks_lib.errors import ConfigError
from tasks_lib.ports import Finished, Sandbox, Shell
from tasks_lib.sandbox import Bounds, BubblewrapSandbox, NoSandbox
from tasks_lib.sandbox.cgroup import Group, Groups, delegated
from tasks_lib.sandbox.disk import Free, Reserve

GIBIBYTE = 1 << 30
MANY_FILES = 100_000
LENT = os.environ.get("TASKS_MD_TEST_CGROUP", "")
"""A group that whoever runs the tests leaves to them; without one they take what systemd delegates."""
HOG = "for n in 1 2 3 4; do python3 -c 'import time; x = bytearray(40 << 20); time.sleep(3)' & done; wait"
"""Takes 160 MiB, no process of it more than 50."""
BOMB = """
import os, time
for born in range(100):
    try:
        os.fork() or time.sleep(600)
    except BlockingIOError:
        print(born)
        break
"""


@pytest.fixture
def groups() -> Groups:
    """Groups of 64 MiB and 40 processes, by the kernel's own controllers."""
    where = LENT or delegated()
    if not where:
        pytest.skip("no cgroup is delegated here, and TASKS_MD_TEST_CGROUP names none")
    return Groups.below(where, 64 << 20, 40)


@pytest.fixture(params=[BubblewrapSandbox, NoSandbox])
def grouped(request: pytest.FixtureRequest, groups: Groups) -> Iterator[Sandbox]:
    """Each of our sandboxes, with groups, of which none is left at the end."""
    yield request.param(bounds=Bounds(groups=groups))
    assert [place for parent in groups.parents for place in parent.glob("tasks-md-*")] == []


def run(sandbox: Sandbox, command: str, checkout: Path, timeout: float = 60) -> Finished:
    return sandbox.run(command, checkout, shell=Shell(), timeout=timeout)


def test_small_processes_together_cannot_fill_the_memory(grouped: Sandbox, checkout: Path) -> None:
    """All of them count, and the output says why they ended."""
    finished = run(grouped, HOG, checkout)
    assert "[ended: out of memory, limit 64 MiB]" in finished.output
    assert not finished.timed_out


def test_a_fork_bomb_stops_at_the_limit(grouped: Sandbox, checkout: Path) -> None:
    """No more processes than the group may have are born, and the output says so."""
    finished = run(grouped, f"python3 -c '{BOMB}'", checkout)
    assert "[limit of 40 processes reached]" in finished.output
    assert 0 < int(finished.output.split()[0]) < 40


def test_a_process_that_leaves_its_session_ends_with_the_group(grouped: Sandbox, checkout: Path) -> None:
    """Also where no namespace holds it."""
    run(grouped, "setsid sleep 4713 >/dev/null 2>&1 & sleep 0.2", checkout)
    assert b"sleep\x004713" not in b"".join(map(_command, Path("/proc").glob("[0-9]*/cmdline")))


def _command(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def test_what_a_killed_run_left_is_ended_and_removed(groups: Groups) -> None:
    """A group whose maker is dead goes, with all in it; one at work stays."""
    script = (
        "import os, subprocess, sys; from pathlib import Path; from tasks_lib.sandbox.cgroup import Groups\n"
        "with Groups(tuple(map(Path, sys.argv[1:])), 64 << 20, 40).one() as group:\n"
        "    process = subprocess.Popen([*group.prefix, 'sleep', '4714'])\n"
        "    while not (group.places[0] / 'cgroup.procs').read_text(): pass\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    with groups.one() as living:
        subprocess.run([sys.executable, "-c", script, *map(str, groups.parents)], check=False)
        left = {place for parent in groups.parents for place in parent.glob("tasks-md-*")}
        assert left > set(living.places)
        Groups.below(LENT or delegated(), 64 << 20, 40)
        assert {place for parent in groups.parents for place in parent.glob("tasks-md-*")} == set(
            living.places
        )


def test_without_a_group_each_process_has_its_limits(checkout: Path) -> None:
    """Nothing is entered, nothing is told, and the limit for processes holds all the same."""
    bounds = Bounds(processes=48)
    with bounds.group() as group:
        assert (group, group.prefix, list(bounds.broken(group))) == (Group(), (), [])
    assert run(BubblewrapSandbox(bounds=bounds), "ulimit -u", checkout).output == "48\n"


def test_nothing_is_delegated_unless_somebody_says_so(tmp_path: Path) -> None:
    """A group that we could write to is not ours for that: its manager has to have marked it."""
    (tmp_path / "service" / "main").mkdir(parents=True)
    own = tmp_path / "own"
    own.write_text("4:memory:/other\n0::/service/main\n")
    assert delegated(own, tmp_path) == ""
    assert delegated(own, tmp_path, lambda group: group == tmp_path / "service") == "/service"


def test_a_named_group_that_cannot_be_used_is_an_error() -> None:
    """Whoever asked for it would rely on it; only with "auto" it goes without."""
    with pytest.raises(ConfigError, match=r"sandbox\.cgroup: no groups can be made below /not-there"):
        Bounds.found("/not-there", 8192, 512, Reserve())


@pytest.mark.parametrize(
    ("file", "text", "event", "happened"),
    [
        ("memory.events", "low 0\noom 3\noom_kill 1\n", "oom_kill", True),
        ("memory.events", "low 0\noom 3\noom_kill 0\n", "oom_kill", False),
        ("memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n", "oom_kill", True),
        ("memory.events", "max 7\noom_kill 0\n", "max", False),
        ("pids.events", "max 1\n", "max", True),
    ],
)
def test_what_the_kernel_counted_is_told(
    file: str, text: str, event: str, happened: object, tmp_path: Path
) -> None:
    """In both versions; "max" of the memory is no event of ours."""
    (tmp_path / file).write_text(text)
    assert Group((tmp_path,)).happened(event) is happened


@pytest.mark.parametrize("kind", [BubblewrapSandbox, NoSandbox])
def test_a_command_that_fills_the_disk_is_ended(kind: type[BubblewrapSandbox], checkout: Path) -> None:
    """Long before its time limit, and its output says why."""
    reserve = Reserve(GIBIBYTE, free=lambda place: Free(GIBIBYTE - (place / "much").exists(), 10_000))
    command = "echo begun; touch much; sleep 600"
    finished = run(kind(bounds=Bounds(reserve=reserve)), command, checkout, timeout=300)
    assert finished.output == "begun\n\n[ended: disk nearly full, 1024 MiB must stay free]\n"
    assert (finished.exit_code, finished.timed_out) == (137, False)


def test_on_a_full_disk_a_command_can_still_delete(tmp_path: Path) -> None:
    """Only what takes more is ended."""
    space = iter([5000, 5000, 6000, 4999])
    guard = Reserve(GIBIBYTE, free=lambda _: Free(next(space), 10_000)).guard([tmp_path])
    assert [guard(), guard()] == ["", ""]
    assert guard().startswith("disk nearly full")


def test_the_last_files_of_a_disk_are_kept_too(tmp_path: Path) -> None:
    """A disk can be full of empty files."""
    files = iter([20_000, 10_000, 9_999])
    guard = Reserve(free=lambda _: Free(GIBIBYTE, next(files))).guard([tmp_path])
    assert guard() == ""
    assert guard() == "disk nearly out of files, 10,000 must stay free"


def test_the_free_space_is_what_users_may_take(tmp_path: Path) -> None:
    """As df shows it: what is kept back for root counts as taken."""
    df = ["df", "--output=avail,iavail", "-B1", str(tmp_path)]
    shown = subprocess.run(df, capture_output=True, text=True, check=True).stdout.split()
    free = Reserve().free(tmp_path)
    assert abs(free.size - int(shown[-2])) < GIBIBYTE
    assert shown[-1] in {"0", "-"} or abs(free.files - int(shown[-1])) < MANY_FILES
