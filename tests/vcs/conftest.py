"""Real bare remotes, and people who push to them."""

import os
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tasks_lib.backlog.model import Item, ItemId, ItemStatus
from tasks_lib.config import Identity, RepoConfig, RunConfig
from tasks_lib.vcs import GitWorkspaces

PERSON = {
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
}

TRACKING = """\
# Tasks

Some prose with a form feed \x0c and a separator \u2028 in it.

## Phase 1 - Critical Security

| id | status | description | issue | repo | branch | depends_on | blocks | agent | started_at | completed_at | estimate | used |
|----|--------|-------------|-------|------|--------|------------|--------|-------|------------|--------------|----------|------|
| MS-SEC-001 | not-started | Check the token |  | api | fix/auth |  | MS-SEC-002 |  |  |  | 5K |  |
| MS-SEC-002 | not-started | Escape the page |  | web |  | MS-SEC-001 |  |  |  |  | 8K |  |
"""  # noqa: E501 - a table's row is one line


def try_git(directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run git as a person would, whether or not it is content."""
    return subprocess.run(
        ["git", *arguments],
        cwd=directory,
        env={**os.environ, **PERSON},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def git(directory: Path, *arguments: str) -> str:
    """Run git as a person would, and return what it said."""
    done = try_git(directory, *arguments)
    assert done.returncode == 0, f"git {arguments}: {done.stderr}"
    return done.stdout.rstrip("\n")


@dataclass
class Remote:
    """A bare repository, and a person's clone of it."""

    path: Path
    person: Path

    def sha(self, ref: str) -> str:
        return git(self.path, "rev-parse", ref)

    def show(self, ref: str, path: str) -> str:
        done = subprocess.run(
            ["git", "show", f"{ref}:{path}"], cwd=self.path, capture_output=True, check=True
        )
        return done.stdout.decode()

    def branches(self) -> set[str]:
        return set(git(self.path, "for-each-ref", "--format=%(refname:short)", "refs/heads").split())

    def commit(self, branch: str, files: dict[str, str | None], start: str = "main") -> str:
        """Let the person push a commit to a branch, new from ``start`` when it is not there."""
        git(self.person, "fetch", "-q", "origin")
        known = branch in self.branches()
        git(self.person, "checkout", "-q", "-B", branch, f"origin/{branch if known else start}")
        write(self.person, files)
        git(self.person, "add", "-A")
        git(self.person, "commit", "-q", "-m", f"Change {', '.join(files)}")
        git(self.person, "push", "-q", "origin", branch)
        return git(self.person, "rev-parse", "HEAD")

    def hook(self, name: str, script: str) -> None:
        path = self.path / "hooks" / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)


def write(directory: Path, files: dict[str, str | None]) -> None:
    """Write files; None deletes one."""
    for name, text in files.items():
        path = directory / name
        if text is None:
            path.unlink()
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())


def work(checkout: Path, files: dict[str, str | None], message: str = "fix: mend it") -> str:
    """Commit as an agent does, with the clone's own identity."""
    write(checkout, files)
    git(checkout, "add", "-A")
    for variable in ("NAME", "EMAIL"):
        assert git(checkout, "config", f"user.{variable.lower()}")
    git(checkout, "commit", "-q", "-m", message)
    return git(checkout, "rev-parse", "HEAD")


@pytest.fixture
def remote(tmp_path: Path) -> Remote:
    path, person = tmp_path / "remote.git", tmp_path / "person"
    git(tmp_path, "init", "-q", "--bare", "--initial-branch=main", str(path))
    git(tmp_path, "clone", "-q", str(path), str(person))
    git(person, "checkout", "-q", "-B", "main")
    write(person, {"docs/tasks.md": TRACKING, "apps/api/a.py": "one = 1\n", "apps/web/b.py": "two = 2\n"})
    git(person, "add", "-A")
    git(person, "commit", "-q", "-m", "Begin")
    git(person, "push", "-q", "origin", "main")
    return Remote(path, person)


@pytest.fixture
def config(remote: Remote, tmp_path: Path) -> RunConfig:
    return RunConfig(
        remote=str(remote.path),
        state_dir=tmp_path / "state",
        git_timeout=20,
        push_budget=10,
        repos={"api": RepoConfig(path="apps/api"), "web": RepoConfig(path="apps/web")},
        identity=Identity(name="Orchestrator", email="orchestrator@example.org"),
    )


@pytest.fixture(params=["path", "daemon"])
def served(request: pytest.FixtureRequest, remote: Remote, config: RunConfig) -> Iterator[RunConfig]:
    """The configuration with the remote as a path, and behind a git daemon."""
    if request.param == "path":
        yield config
        return
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    daemon = subprocess.Popen(
        [
            *("git", "daemon", "--listen=127.0.0.1", f"--port={port}", "--reuseaddr", "--export-all"),
            *("--enable=receive-pack", f"--base-path={remote.path.parent}", str(remote.path.parent)),
        ],
        stdin=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    address = f"git://127.0.0.1:{port}/{remote.path.name}"
    try:
        while try_git(remote.person, "ls-remote", address).returncode != 0:
            assert daemon.poll() is None
        yield config.model_copy(update={"remote": address})
    finally:
        daemon.terminate()
        daemon.wait()


@pytest.fixture
def workspaces(config: RunConfig) -> GitWorkspaces:
    return GitWorkspaces(config)


def item(number: int = 1, branch: str = "fix/auth", repo: str = "api") -> Item:
    return Item(
        ItemId(f"MS-SEC-{number:03}"), ItemStatus.NOT_STARTED, "Mend it", 1, 9, repo=repo, branch=branch
    )
