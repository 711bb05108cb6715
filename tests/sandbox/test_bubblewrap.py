"""What a command in bubblewrap's sandbox cannot see, reach, change or leave behind."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from tasks_lib.errors import SandboxMissing
from tasks_lib.ports import Finished
from tasks_lib.sandbox import BubblewrapSandbox
from tasks_lib.sandbox import bubblewrap as room

Run = Callable[..., Finished]
CANARY = "canary-e0b2"


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
