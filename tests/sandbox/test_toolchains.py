"""Programs from outside of the system that commands need."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tasks_lib.ports import Shell
from tasks_lib.sandbox import BubblewrapSandbox

WHO = {
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
}
needs_venv = pytest.mark.skipif(sys.prefix == sys.base_prefix, reason="needs a virtual environment")


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
