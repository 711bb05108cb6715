"""Every call of git: what it sees, how long it may take, what it dies with."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tasks_lib.errors import ConfigError, LedgerError, WorkspaceError
from tasks_lib.vcs import environment
from tasks_lib.vcs.git import Git, GitFailed, require_version
from tests.vcs.conftest import PERSON


@pytest.fixture
def ours(tmp_path: Path) -> Git:
    made = Git(tmp_path / "ours.git", 20)
    made.run("init", "-q", "--bare")
    return made


def seen_by(git: Git) -> dict[str, str]:
    """Return the environment that a git process has."""
    lines = git.run("-c", "alias.list-env=!env -0", "list-env").split("\0")
    return dict(line.split("=", 1) for line in lines if line)


def test_a_call_sees_nothing_it_need_not(ours: Git, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys, tokens and git variables of our own environment do not reach a local call."""
    for name in ("ANTHROPIC_API_KEY", "GIT_DIR", "GIT_ALLOW_PROTOCOL", "SSH_AUTH_SOCK", "LD_PRELOAD"):
        monkeypatch.setenv(name, "canary")
    monkeypatch.setenv(environment.TOKEN_VARIABLE, "canary")
    seen = seen_by(ours)
    # Git itself names the repository to an alias.
    assert "canary" not in seen.values()
    assert environment.FIXED.items() <= seen.items()
    assert seen["GIT_ALLOW_PROTOCOL"] == "none"


def test_a_call_to_the_remote_sees_what_reaches_it(ours: Git, monkeypatch: pytest.MonkeyPatch) -> None:
    """The ssh agent, the token and the proxies are there, but no other secret."""
    monkeypatch.setenv("ANTHROPIC_API_KEY", "canary")
    for name in ("SSH_AUTH_SOCK", "https_proxy", environment.TOKEN_VARIABLE):
        monkeypatch.setenv(name, "needed")
    outward = Git(ours.directory, 20, credentials=True, variables=environment.remote_variables())
    seen = seen_by(outward)
    assert "ANTHROPIC_API_KEY" not in seen
    assert {seen[name] for name in ("SSH_AUTH_SOCK", "https_proxy", environment.TOKEN_VARIABLE)} == {"needed"}
    assert "BatchMode=yes" in seen["GIT_SSH_COMMAND"]


def test_the_own_ssh_command_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who sets GIT_SSH_COMMAND for the orchestrator gets that one."""
    monkeypatch.setenv("GIT_SSH_COMMAND", "ssh -i key")
    assert environment.remote_variables() == {}


def credential(ours: Git, settings: tuple[str, ...], host: str, tmp_path: Path) -> str:
    """Ask git for the credentials of a host."""
    question = tmp_path / "question"
    question.write_text(f"protocol=https\nhost={host}\n\n")
    outward = Git(ours.directory, 20, credentials=True, settings=settings)
    answer = outward.call("-c", f"alias.ask=!git credential fill <{question}", "ask")
    return answer.text


def test_a_token_is_offered_to_the_remotes_host_alone(
    ours: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The token from the environment answers for the remote's host and for no other."""
    monkeypatch.setenv(environment.TOKEN_VARIABLE, "s3cret")
    settings = environment.credential_settings("https://git.example.org:3000/a/b.git")
    assert "s3cret" not in str(settings)
    asked = credential(ours, settings, "git.example.org:3000", tmp_path)
    assert "password=s3cret" in asked.splitlines()
    assert "s3cret" not in credential(ours, settings, "evil.example.org", tmp_path)


def test_no_token_no_helper(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a token, or for another protocol, nothing is set."""
    monkeypatch.delenv(environment.TOKEN_VARIABLE, raising=False)
    assert environment.credential_settings("https://git.example.org/a") == ()
    monkeypatch.setenv(environment.TOKEN_VARIABLE, "s3cret")
    assert environment.credential_settings("http://git.example.org/a") == ()


def test_only_the_named_protocol(ours: Git, tmp_path: Path) -> None:
    """Without leave, not even a local path is a remote; a transport that runs a command never is."""
    assert "transport 'file' not allowed" in ours.call("ls-remote", str(ours.directory)).err
    local = Git(ours.directory, 20, protocol="file")
    assert local.call("ls-remote", str(ours.directory)).ok
    assert "transport 'ext' not allowed" in local.call("ls-remote", f"ext::touch {tmp_path}/ran").err
    assert not (tmp_path / "ran").exists()


def test_a_call_that_hangs_is_ended(ours: Git) -> None:
    """After its time limit git is killed with what it started, and the answer says so."""
    answer = Git(ours.directory, 0.3).call("-c", "alias.hang=!sleep 60", "hang")
    assert answer.timed_out
    assert not answer.ok
    assert answer.err == "git hang did not end within 0.3 seconds"


def test_a_failure_is_told_in_gits_words(ours: Git) -> None:
    """It is an error of both rooms that are built on git."""
    with pytest.raises(GitFailed, match="Not a valid object name") as failure:
        ours.run("cat-file", "-p", "nothing")
    assert isinstance(failure.value, LedgerError)
    assert isinstance(failure.value, WorkspaceError)


def test_passwords_do_not_reach_messages(ours: Git) -> None:
    """A password in an address is cut out of what git says."""
    local = Git(ours.directory, 20, protocol="http")
    answer = local.call("ls-remote", "http://ada:s3cret@127.0.0.1:1/x")
    assert "127.0.0.1" in answer.err
    assert "s3cret" not in answer.err


def test_standard_input_is_closed(ours: Git) -> None:
    """A command that reads its input finds the end, instead of waiting for a person."""
    assert ours.run("-c", "alias.ask=!cat", "ask") == ""


def test_an_old_git_is_told() -> None:
    """What is missing, and why it is needed."""
    with pytest.raises(ConfigError, match=r"git 2\.38 or newer is needed .* found: git version 2\.34\.1"):
        require_version("git version 2.34.1")
    require_version("git version 2.39.5")
    require_version("git version 3.0.0.windows.1")


def test_git_dies_with_us(ours: Git, tmp_path: Path) -> None:
    """When our process is killed, the git process it waits for ends too."""
    script = (
        "import sys; from pathlib import Path; from tasks_lib.vcs.git import Git\n"
        "alias = f'alias.x=!echo $PPID >{sys.argv[2]}; exec sleep 60'\n"
        "Git(Path(sys.argv[1]), 60).call('-c', alias, 'x')"
    )
    noted = tmp_path / "pid"
    ours_died = subprocess.Popen(
        [sys.executable, "-c", script, str(ours.directory), str(noted)], env={**os.environ, **PERSON}
    )
    assert wait_for(lambda: noted.exists() and noted.read_text().strip() != "")
    ours_died.send_signal(signal.SIGKILL)
    ours_died.wait()
    assert wait_for(lambda: not Path(f"/proc/{noted.read_text().strip()}/exe").exists())


def wait_for(condition: object) -> bool:
    """Wait a while for something to become true."""
    assert callable(condition)
    end = time.monotonic() + 15
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return bool(condition())
