"""Secrets do not leave: not in files, names, messages or authors, in no commit and in no disguise."""

import base64
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tasks_lib.bootstrap import toolbox
from tasks_lib.config import AgentConfig, GateConfig, RepoConfig, ReviewConfig, RunConfig
from tasks_lib.errors import WorkRefused
from tasks_lib.ports import Workspace
from tasks_lib.vcs import GitWorkspaces, remote_secrets
from tests.vcs.conftest import Remote, git, item, work, write

CANARY = "canary/5f3a9c&key+value"
TOKEN = "ghp_" + "aB3dE6gH9j" * 4


@pytest.fixture
def workspaces(config: RunConfig) -> GitWorkspaces:
    review = ReviewConfig(allowed_tokens=("fixtures/*",))
    return GitWorkspaces(config.model_copy(update={"review": review}), secrets=(CANARY, "short"))


@pytest.fixture
def workspace(workspaces: GitWorkspaces) -> Iterator[Workspace]:
    with workspaces.open(item()) as opened:
        yield opened


def _in_a_file(path: Path) -> None:
    work(path, {"a.txt": f"x = {CANARY}\n"})


def _in_lines_of_base64(path: Path) -> None:
    encoded = base64.encodebytes(b"some words before it " * 3 + CANARY.encode() + b" and behind").decode()
    work(path, {"a.txt": encoded})


def _in_hex(path: Path) -> None:
    work(path, {"a.bin": f"\0{CANARY.encode().hex().upper()}\0"})


def _in_an_address(path: Path) -> None:
    work(path, {"a.txt": "https://example.org/?q=canary%2F5f3a9c%26key%2Bvalue"})


def _in_an_earlier_commit(path: Path) -> None:
    work(path, {"a.txt": CANARY})
    work(path, {"a.txt": "nothing"})


def _in_a_name(path: Path) -> None:
    work(path, {f"{CANARY.encode().hex()}.txt": ""})


def _in_a_message(path: Path) -> None:
    work(path, {"a.txt": ""}, f"fix: mend it\n\n{CANARY}")


def _in_an_author(path: Path) -> None:
    write(path, {"a.txt": ""})
    git(path, "add", "-A")
    git(path, "commit", "-q", f"--author={CANARY} <a@example.org>", "-m", "fix")


def _not_committed(path: Path) -> None:
    write(path, {"a.txt": CANARY})


@pytest.mark.parametrize(
    ("hide", "place"),
    [
        (_in_a_file, "a.txt"),
        (_in_lines_of_base64, "a.txt"),
        (_in_hex, "a.bin"),
        (_in_an_address, "a.txt"),
        (_in_an_earlier_commit, "a.txt"),
        (_in_a_name, "the names in the root directory"),
        (_in_a_message, "the message or the author of commit"),
        (_in_an_author, "the message or the author of commit"),
        (_not_committed, "a.txt"),
    ],
)
def test_a_secret_of_ours_is_refused(
    workspaces: GitWorkspaces, workspace: Workspace, hide: Callable[[Path], None], place: str
) -> None:
    """Wherever and however it is written, the work is refused, naming the place and not the secret."""
    hide(workspace.path)
    with pytest.raises(WorkRefused) as refused:
        workspaces.harvest(item(), workspace)
    assert str(refused.value).startswith(place)
    assert "holds a secret of the orchestrator" in str(refused.value)
    assert CANARY not in str(refused.value)


def test_a_branch_named_by_a_secret(config: RunConfig) -> None:
    """A branch's name is pushed as well."""
    workspaces = GitWorkspaces(config, secrets=("fix/canary-branch",))
    with workspaces.open(item(1, "fix/canary-branch")) as workspace:
        work(workspace.path, {"a.txt": ""})
        with pytest.raises(WorkRefused, match="name of the branch holds a secret"):
            workspaces.harvest(item(1, "fix/canary-branch"), workspace)


def test_what_looks_like_a_token_is_refused(workspaces: GitWorkspaces, workspace: Workspace) -> None:
    """Somebody's token is named by its kind, and the advice that is given mends it."""
    work(workspace.path, {"a.txt": f"token = {TOKEN}\n"})
    with pytest.raises(WorkRefused, match=r"^a\.txt holds a GitHub token") as refused:
        workspaces.harvest(item(), workspace)
    assert TOKEN not in str(refused.value)
    git(workspace.path, "reset", "-q", "--soft", workspace.base)
    work(workspace.path, {"a.txt": "token = from the environment\n"})
    assert workspaces.harvest(item(), workspace).files == ("a.txt",)


def test_a_token_that_was_there_is_no_news(remote: Remote, workspaces: GitWorkspaces) -> None:
    """A file that holds one at the base may be changed; in allowed paths a new one may stand, not ours."""
    remote.commit("main", {"a.txt": f"{TOKEN}\n"})
    with workspaces.open(item()) as workspace:
        work(workspace.path, {"a.txt": f"more\n{TOKEN}\n", "fixtures/b.txt": TOKEN[::-1] + TOKEN})
        assert workspaces.harvest(item(), workspace).files == ("a.txt", "fixtures/b.txt")
        work(workspace.path, {"fixtures/b.txt": CANARY})
        with pytest.raises(WorkRefused, match="secret of the orchestrator"):
            workspaces.harvest(item(), workspace)


def test_a_short_value_is_no_secret(workspaces: GitWorkspaces, workspace: Workspace) -> None:
    """A value of a few characters stands in many files: it is not looked for."""
    work(workspace.path, {"a.txt": "short\n"})
    assert workspaces.harvest(item(), workspace).flags == ()


def test_a_file_that_no_host_takes(
    workspaces: GitWorkspaces, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file above the limit is refused before the push is, also in an earlier commit."""
    monkeypatch.setattr("tasks_lib.vcs.leaks.LARGEST", 1_000)
    work(workspace.path, {"a.txt": "", "big": "x" * 1_001})
    work(workspace.path, {"big": None})
    with pytest.raises(WorkRefused, match="big is 1,001 bytes large; no file may have more than 1,000"):
        workspaces.harvest(item(), workspace)


def test_a_run_knows_its_own_keys(config: RunConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the run reaches models, hosts and remotes with is a secret of its pushes."""
    names = ("ANTHROPIC_API_KEY", "TASKS_MD_HOST_TOKEN", "TASKS_MD_GIT_TOKEN", "PREFECT_API_KEY")
    for name in names:
        monkeypatch.setenv(name, f"canary of {name}")
    gates = (GateConfig(name="none", command="true"),)
    settings = {"agent": AgentConfig(kind="replay"), "repos": {"api": RepoConfig(gates=gates)}}
    workspaces = toolbox(config.model_copy(update=settings), "run").workspaces
    with workspaces.open(item()) as workspace:
        for name in names:
            write(workspace.path, {f"{name}.txt": f"canary of {name}"})
            with pytest.raises(WorkRefused, match=rf"{name}\.txt holds a secret of the orchestrator"):
                workspaces.harvest(item(), workspace)
            write(workspace.path, {f"{name}.txt": None})


def test_a_password_in_the_address_is_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """As it stands there, and as it is meant."""
    monkeypatch.delenv("TASKS_MD_GIT_TOKEN", raising=False)
    assert set(remote_secrets("https://ada:p%40ssword@git.example.org/a.git")) == {"p%40ssword", "p@ssword"}
    assert remote_secrets("/srv/git/a.git") == ()
