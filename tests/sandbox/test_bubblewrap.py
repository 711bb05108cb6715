"""What a command in bubblewrap's sandbox cannot see, reach, change or leave behind."""

import os
import pickle
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tasks_lib.errors import SandboxMissing
from tasks_lib.ports import Finished, Shell
from tasks_lib.sandbox import BubblewrapSandbox
from tasks_lib.sandbox import bubblewrap as room

Run = Callable[..., Finished]
CANARY = "canary-e0b2"
NOBODY = 65534
WHO = {
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
}
needs_root = pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user")
needs_venv = pytest.mark.skipif(sys.prefix == sys.base_prefix, reason="needs a virtual environment")


def test_the_checkout_is_at_a_fixed_place(confined: Run, checkout: Path) -> None:
    """A command sees its checkout at /workspace, wherever it is."""
    assert BubblewrapSandbox().root == Path("/workspace")
    assert confined("pwd").output == "/workspace\n"
    assert str(checkout) not in confined("env; pwd; cat /proc/self/cmdline").output


def test_the_machine_is_not_there(confined: Run) -> None:
    """The root holds the system's programs and empty places; our home and everyone's data are not in it."""
    seen = set(confined("ls /").output.split())
    allowed = {"bin", "dev", "etc", "home", "lib", "lib32", "lib64", "libx32", "opt", "proc", "run", "sbin"}
    assert seen <= allowed | {"tmp", "usr", "var", "workspace"}
    assert confined("ls -A /home /var /root 2>/dev/null").output == "/home:\nagent\n\n/var:\ntmp\n"


def test_other_files_of_the_machine_cannot_be_read(confined: Run, tmp_path: Path) -> None:
    """A file beside the checkout, our home and the machine's secrets are not to be found by any way."""
    (tmp_path / "secret").write_text(CANARY)
    ways = [
        tmp_path / "secret",
        f"/proc/1/root{tmp_path}/secret",
        "../secret",
        "/etc/shadow",
        Path.home() / ".",
    ]
    for way in ways:
        finished = confined(f"cat {way} || ls {way}")
        assert finished.exit_code != 0
        assert CANARY not in finished.output


def test_a_link_out_of_the_checkout_leads_nowhere(confined: Run, checkout: Path, tmp_path: Path) -> None:
    """A symlink to a file outside is a dead one inside."""
    (tmp_path / "secret").write_text(CANARY)
    (checkout / "link").symlink_to(tmp_path / "secret")
    assert confined("cat link").exit_code != 0


def test_nothing_outside_can_be_written(confined: Run) -> None:
    """The root, the system and the devices are read-only, down to the last place."""
    finished = confined(
        "for d in / /usr /etc /dev /home /opt /var /etc/ssl; do touch $d/x && echo WROTE $d; done"
    )
    assert "WROTE" not in finished.output


def test_private_places_are_empty_at_every_command(confined: Run) -> None:
    """What a command leaves in /tmp or HOME is gone at the next one."""
    confined("touch /tmp/left ~/left /var/tmp/left /run/left /dev/shm/left")
    assert confined("ls -A /tmp ~ /var/tmp /run /dev/shm | grep left").output == ""


def test_a_share_is_readable_at_its_own_path(confined: Run, tmp_path: Path) -> None:
    """A shared directory can be read where it is, not written, and nothing beside it is seen."""
    share = tmp_path / "share"
    share.mkdir()
    (share / "file").write_text("shared\n")
    (tmp_path / "secret").write_text(CANARY)
    finished = confined(f"cat {share}/file; touch {share}/x; ls {tmp_path}", shares=[share])
    assert finished.output.splitlines()[0] == "shared"
    assert "Read-only file system" in finished.output
    assert finished.output.splitlines()[-1] == "share"


def test_there_is_no_network(confined: Run) -> None:
    """Neither the world nor a server on our own loopback can be reached."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        finished = confined(f"(echo > /dev/tcp/127.0.0.1/{port}) && echo REACHED; cat /proc/net/dev")
    assert "REACHED" not in finished.output
    interfaces = [line.split(":")[0].strip() for line in finished.output.splitlines() if ":" in line[:12]]
    assert [name for name in interfaces if name not in {"lo", "bash"}] == []


def test_our_abstract_sockets_are_out_of_reach(confined: Run) -> None:
    """A unix socket without a file, as desktops use them, cannot be reached either."""
    name = f"tasks-md-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(f"\0{name}")
        server.listen()
        script = f"import socket; socket.socket(socket.AF_UNIX).connect('\\0{name}')"
        assert confined(f'python3 -c "{script}"').exit_code != 0


def test_our_processes_are_not_there(confined: Run) -> None:
    """A command sees its own processes only and cannot signal others."""
    processes = confined("ls /proc | grep -E '^[0-9]+$' | wc -l").output
    assert int(processes) < 8
    assert confined(f"kill -0 {os.getpid()}").exit_code != 0


@pytest.mark.parametrize("kind", ["user", "pid", "ipc", "uts", "net", "mnt", "cgroup"])
def test_every_namespace_is_its_own(kind: str, confined: Run) -> None:
    """Users, processes, shared memory, host name, network, mounts and control groups are not ours."""
    assert confined(f"readlink /proc/self/ns/{kind}").output.strip() != str(
        Path(f"/proc/self/ns/{kind}").readlink()
    )


def test_the_terminal_session_is_its_own(confined: Run) -> None:
    """The command is the first process there and leads its session: no terminal of ours to type into."""
    session = "read -r _ _ _ _ _ session _ < /proc/self/stat; echo $session; cat /proc/1/comm"
    assert confined(session).output == "1\nbash\n"


def test_our_environment_does_not_reach_bubblewrap(confined: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """What sets up the sandbox has nothing of our environment either; LD_PRELOAD would speak up."""
    monkeypatch.setenv("LD_PRELOAD", "/nonexistent.so")
    assert confined("echo ran").output == "ran\n"


def test_there_is_no_way_to_rights(confined: Run) -> None:
    """No capabilities, no gain of privileges, no new namespaces, and not the user root."""
    status = confined("cat /proc/self/status").output
    lines = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    assert {int(lines[name], 16) for name in ("CapEff", "CapPrm", "CapBnd", "CapInh", "CapAmb")} == {0}
    assert lines["NoNewPrivs"] == "1"
    assert confined("id -u").output == "1000\n"
    assert confined("unshare --user true").exit_code != 0
    assert confined("mount -t tmpfs none /tmp").exit_code != 0


def test_a_daemon_dies_with_its_command(confined: Run, checkout: Path) -> None:
    """A child in a session of its own, ignoring signals, does not outlive the command."""
    daemon = "trap '' TERM HUP; while :; do date +%s%N > beat; sleep 0.05; done"
    confined(f'setsid nohup bash -c "{daemon}" >/dev/null 2>&1 < /dev/null & sleep 0.4')
    before = (checkout / "beat").read_text()
    time.sleep(0.4)
    assert (checkout / "beat").read_text() == before


def test_a_command_dies_with_us(tmp_path: Path) -> None:
    """When the process that runs a command is killed outright, the command does not go on alone."""
    script = (
        "from pathlib import Path; from tasks_lib.ports import Shell\n"
        "from tasks_lib.sandbox import BubblewrapSandbox\n"
        "BubblewrapSandbox().run('while :; do date +%s%N > beat; sleep 0.05; done',"
        f" Path({str(tmp_path)!r}), shell=Shell(), timeout=60)"
    )
    with subprocess.Popen([sys.executable, "-c", script]) as process:
        while not (tmp_path / "beat").exists():
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
    time.sleep(0.3)
    before = (tmp_path / "beat").read_text()
    time.sleep(0.4)
    assert (tmp_path / "beat").read_text() == before


def test_a_file_cannot_fill_the_disk(confined: Run, checkout: Path) -> None:
    """A file stops at 1 GiB; so do the private places, which live in memory."""
    finished = confined("truncate -s 2000M big; fallocate -l 1100M /tmp/big; fallocate -l 600M ~/big")
    assert "File size limit exceeded" in finished.output
    assert not (checkout / "big").exists() or (checkout / "big").stat().st_size <= 1 << 30
    assert confined("df --output=size -m /tmp ~ /dev/shm /run /var/tmp | tail -n +2").output.split() == [
        *("1024", "512", "256", "64", "256")
    ]


def test_memory_has_an_end(confined: Run) -> None:
    """A process that asks for 6 GiB gets none of it."""
    assert "MemoryError" in confined("python3 -c 'bytearray(6 << 30)'").output


def test_a_fork_bomb_ends_at_the_time_limit(confined: Run, checkout: Path) -> None:
    """Processes that multiply are all ended with the command."""
    bomb = "for n in $(seq 300); do (while :; do date +%s%N > beat; sleep 0.2; done) & done; wait"
    assert confined(bomb, timeout=2).timed_out
    before = (checkout / "beat").read_text()
    time.sleep(0.5)
    assert (checkout / "beat").read_text() == before


@pytest.fixture
def checkout_of_nobody() -> Iterator[Path]:
    with TemporaryDirectory() as directory:
        os.chown(directory, NOBODY, NOBODY)
        yield Path(directory)


@needs_root
def test_a_normal_user_is_confined_too(checkout_of_nobody: Path) -> None:
    """Without root the sandbox works as well; what is made belongs to that user."""
    finished = _as_nobody("touch x; ls -A / /home; id -u", checkout_of_nobody, timeout=60)
    assert finished.output.endswith("/home:\nagent\n1000\n")
    assert (checkout_of_nobody / "x").stat().st_uid == NOBODY


@needs_root
def test_a_normal_user_cannot_multiply_processes(checkout_of_nobody: Path) -> None:
    """Where the kernel counts processes, which it does for all but root, they stop at 512."""
    many = "(for i in $(seq 600); do sleep 60 & done) 2> said &\nuntil [ -s said ]; do :; done; trap - EXIT"
    finished = _as_nobody(many, checkout_of_nobody, timeout=60)
    assert not finished.timed_out
    assert "fork: retry: Resource temporarily unavailable" in (checkout_of_nobody / "said").read_text()


def _as_nobody(command: str, checkout: Path, timeout: float) -> Finished:
    """Run a command in the sandbox from a process of the user nobody."""
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
        finished = BubblewrapSandbox().run(command, checkout, shell=Shell(), timeout=timeout)
        os.write(write_end, pickle.dumps(finished))
        os._exit(0)
    os.close(write_end)
    with os.fdopen(read_end, "rb") as answer:
        said: Finished = pickle.loads(answer.read())  # noqa: S301  our own child's bytes
    os.waitpid(child, 0)
    return said


def test_git_commits_in_a_clone_that_borrows_objects(checkout: Path, tmp_path: Path) -> None:
    """In a clone whose objects are another's, shared read-only, log and commit work; unshared, not."""
    origin = tmp_path / "origin"
    _git("init", "-q", "-b", "main", str(origin))
    _git("-C", str(origin), "commit", "-q", "--allow-empty", "-m", "first")
    _git("clone", "-q", "--shared", str(origin), str(checkout))
    sandbox = BubblewrapSandbox(environment=WHO)
    command = "echo text > file && git add file && git commit -qm second && git log --format='%an %s'"
    shares = [origin / ".git" / "objects"]
    finished = sandbox.run(command, checkout, shell=Shell(), timeout=60, shares=shares)
    assert (finished.exit_code, finished.output) == (0, "Ada second\nAda first\n")
    assert sandbox.run("git log", checkout, shell=Shell(), timeout=60).exit_code != 0


def _git(*arguments: str) -> None:
    subprocess.run(["git", *arguments], check=True, env=os.environ | WHO)


@needs_venv
@pytest.mark.parametrize(
    "tool", ["python -m ruff --version", "ruff --version", "mypy --version", "pytest --version"]
)
def test_tools_of_a_virtual_environment_run(tool: str, checkout: Path) -> None:
    """A virtual environment on `path` works, its interpreter included, wherever it was installed."""
    sandbox = BubblewrapSandbox((f"{sys.prefix}/bin",))
    finished = sandbox.run(tool, checkout, shell=Shell(), timeout=60)
    assert (finished.exit_code, finished.output.split()[0]) == (0, tool.removeprefix("python -m ").split()[0])


@needs_venv
def test_a_virtual_environment_does_not_show_what_lies_beside_it(checkout: Path) -> None:
    """Of our home and of the project that owns the environment only the toolchain is there, read-only."""
    sandbox = BubblewrapSandbox((f"{sys.prefix}/bin",))
    beside = f"ls -A {Path(sys.prefix).parent}; touch {sys.prefix}/x && echo WROTE"
    finished = sandbox.run(beside, checkout, shell=Shell(), timeout=60)
    assert finished.output.splitlines()[0] == Path(sys.prefix).name
    assert "WROTE" not in finished.output


def test_a_missing_bubblewrap_says_how_to_get_it(confined: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without bwrap no command runs, and the error names Debian's command that installs it."""
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(SandboxMissing, match="apt-get install bubblewrap"):
        confined("touch ran")


def test_a_bubblewrap_that_does_not_work_is_missing(
    confined: Run, checkout: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Where the kernel refuses namespaces no command runs, and the error holds bubblewrap's words."""
    broken = tmp_path / "bin" / "bwrap"
    broken.parent.mkdir()
    broken.write_text("#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{broken.parent}:{os.environ['PATH']}")
    with pytest.raises(SandboxMissing, match="No permissions to create new namespace"):
        confined("touch ran")
    assert not (checkout / "ran").exists()


@pytest.mark.parametrize(
    ("controls", "command"),
    [
        ({"--unshare-net"}, "grep -c . /proc/net/dev"),
        ({"--unshare-pid", "--as-pid-1"}, "ls /proc | grep -cE '^[0-9]+$'"),
        ({"--uid", "--gid", room.UID}, "id -u"),
    ],
)
def test_each_control_bites(
    controls: set[str], command: str, confined: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the control a command sees more: the control is what hides it."""
    shut = confined(command).output
    monkeypatch.setattr(room, "CONFINED", tuple(option for option in room.CONFINED if option not in controls))
    assert confined(command).output != shut
