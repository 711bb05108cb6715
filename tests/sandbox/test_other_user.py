"""Whose commands they are outside."""

import os
import pickle
import socket
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tasks_lib.agents.tools.checkout import Checkout
from tasks_lib.ports import Finished, Shell
from tasks_lib.sandbox import BubblewrapSandbox
from tasks_lib.sandbox.other_user import NOBODYS

NOBODY = 65534
MANY = "(for i in $(seq 600); do sleep 60 & done) 2> said; wc -l < said; trap - EXIT"
needs_root = pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user")


def run(command: str, checkout: Path, **wishes: int) -> Finished:
    return BubblewrapSandbox(**wishes).run(command, checkout, shell=Shell(), timeout=60)  # type: ignore[arg-type]


@needs_root
def test_root_becomes_another_user(checkout: Path) -> None:
    """What a command of root makes belongs to a user who owns nothing else; inside it is 1000 as ever."""
    checkout.parent.chmod(0o700)
    (checkout / "ours").write_text("x")
    assert run("id -u; echo y >> ours; mkdir made", checkout).output == "1000\n"
    assert {path.stat().st_uid for path in (checkout, *checkout.iterdir())} == {NOBODYS}


@needs_root
def test_root_may_stay_root(checkout: Path) -> None:
    """Where that is configured, nothing changes hands."""
    run("touch made", checkout, uid=0)
    assert {path.stat().st_uid for path in (checkout, *checkout.iterdir())} == {0}


@needs_root
def test_a_link_does_not_give_away_what_it_leads_to(checkout: Path, tmp_path: Path) -> None:
    """Of a link in the checkout only the link changes hands."""
    (tmp_path / "secret").write_text("x")
    (checkout / "link").symlink_to(tmp_path / "secret")
    run("true", checkout)
    assert (tmp_path / "secret").stat().st_uid == 0
    assert (checkout / "link").lstat().st_uid == NOBODYS


@needs_root
def test_what_the_editor_writes_belongs_to_the_agent(checkout: Path) -> None:
    """A command can go on with files and directories that the editor made for the agent."""
    run("true", checkout)
    Checkout(checkout).write("new/deep/file", b"one\n")
    finished = run("echo two >> new/deep/file && touch new/deep/beside && cat new/deep/file", checkout)
    assert (finished.exit_code, finished.output) == (0, "one\ntwo\n")


@needs_root
def test_processes_of_root_are_not_counted(checkout: Path) -> None:
    """That is the reason: as root 600 children start, as another user 512 processes are the end."""
    assert run(MANY, checkout, uid=0).output == "0\n"
    assert "fork: retry" in run(f"{MANY.replace('; wc', ' & sleep 1.5; cat said; wc')}", checkout).output


@needs_root
def test_a_socket_of_ours_is_within_reach(checkout: Path, tmp_path: Path) -> None:
    """A door leads to a socket that lies where only root may look."""
    tmp_path.chmod(0o700)
    path = tmp_path / "service"
    ask = "import os; from urllib.request import urlopen; urlopen(os.environ['SERVICE'], timeout=5)"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        listener.settimeout(20)
        command = f'(python3 -c "{ask}" 2>/dev/null &) ; sleep 1.5'
        BubblewrapSandbox().run(command, checkout, shell=Shell(), timeout=20, doors={"SERVICE": path})
        with listener.accept()[0] as line:
            assert line.recv(3) == b"GET"


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
