"""The command that judges a history, as a process."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import Call, tracking_file

ROWS = (("A-1", "not-started", "", ""), ("A-2", "not-started", "A-1", ""))
BEGUN = "in-progress"


class Repository:
    """A bare repository whose commits say that they are the ledger's."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._git("init", "-q", "--bare", "--initial-branch=main", str(path), inside=False)
        self._tip = ""

    def commit(self, text: str, subject: str, operation: str = "") -> str:
        blob = self._git("hash-object", "-w", "--stdin", feed=text)
        docs = self._git("mktree", feed=f"100644 blob {blob}\ttasks.md\n")
        tree = self._git("mktree", feed=f"040000 tree {docs}\tdocs\n")
        message = f"{subject}\n\nRun: one\nOperation: {operation * 32}\n" if operation else subject
        parents = ["-p", self._tip] if self._tip else []
        self._tip = self._git("commit-tree", tree, *parents, feed=message)
        self._git("update-ref", "refs/heads/main", self._tip)
        return self._tip

    def _git(self, *arguments: str, feed: str = "", inside: bool = True) -> str:
        identity = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
        where = ("-C", str(self.path)) if inside else ()
        done = subprocess.run(
            ["git", *identity, *where, *arguments], input=feed, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """A person's commit, and one of a run that begins the first item."""
    made = Repository(tmp_path / "app.git")
    made.commit(tracking_file(*ROWS), "Begin")
    made.commit(tracking_file(("A-1", BEGUN, "", ""), ROWS[1]), "A-1: in-progress", "1")
    return made


def test_a_clean_history(call: Call, repository: Repository) -> None:
    """Exit 0, and a line that says what was looked at."""
    done = call("verify", repository.path)
    assert (done.returncode, done.stderr) == (0, "")
    first, second = done.stdout.splitlines()
    assert first.startswith("refs/heads/main at ")
    assert first.endswith(": 2 commits, 1 of them by the orchestrator: all invariants hold")
    assert second.startswith("not checked: published")


def test_a_broken_history_names_the_first_commit(call: Call, repository: Repository) -> None:
    """Every violation is listed, the first one first; exit 1."""
    both = tracking_file(("A-1", BEGUN, "", ""), ("A-2", BEGUN, "A-1", ""))
    bad = repository.commit(both, "A-2: in-progress", "2")
    worse = repository.commit(both.replace("# Work", "# Words"), "Oh", "2")
    done = call("verify", repository.path)
    assert done.returncode == 1
    assert done.stdout.splitlines()[:3] == [
        f"{bad[:10]} [dependencies-first] A-2 begins, but depends on A-1 (in-progress) (A-2: in-progress)",
        f"{worse[:10]} [unique-operation] the operation {'2' * 32} is that of {bad[:10]} too (Oh)",
        f"{worse[:10]} [planned-cells] it changes line 1, which is no item's (Oh)",
    ]
    assert f"3 violations, the first in {bad[:10]}" in done.stdout


def test_for_programs(call: Call, repository: Repository) -> None:
    """One document with all that the text says, and the sentence of every invariant."""
    bad = repository.commit(tracking_file(("A-1", "nonsense", "", ""), ROWS[1]), "Bad", "2")
    done = call("verify", repository.path, "--json")
    found = json.loads(done.stdout)
    assert (done.returncode, found["ok"], found["first"], found["commits"]) == (1, False, bad, 3)
    (violation,) = found["violations"]
    assert (violation["commit"], violation["subject"], violation["invariant"]) == (bad, "Bad", "readable")
    assert "nonsense" in violation["message"]
    assert found["invariants"]["done-stays"] == "What is done stays done."


def test_what_is_done_must_be_merged_where_it_is_said_to_be(call: Call, repository: Repository) -> None:
    """A branch that is named must hold it; without a name and a branch it is not looked at."""
    repository.commit(tracking_file(("A-1", "done", "", ""), ROWS[1]), "A-1: done", "2")
    assert call("verify", repository.path).returncode == 0
    done = call("verify", repository.path, "--integration", "finished")
    assert done.returncode == 1
    assert "[published] A-1 is made done, but no merge of it is on finished" in done.stdout


def test_a_configuration_names_remote_and_branches(
    call: Call, repository: Repository, tmp_path: Path
) -> None:
    """Its remote is fetched where no repository is given."""
    text = 'remote = "./app.git"\nstate_dir = "state"\nintegration_branch = "finished"\n'
    (tmp_path / "tasks-md.toml").write_text(text)
    repository.commit(tracking_file(("A-1", "done", "", ""), ROWS[1]), "A-1: done", "2")
    for arguments in ((), (str(repository.path),)):
        done = call("verify", *arguments, "--config", "tasks-md.toml")
        assert done.returncode == 1
        assert "is on finished" in done.stdout
    assert "refs/remotes/origin/main" in call("verify", "--config", "tasks-md.toml").stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "name a repository"),
        (("nowhere.git",), "no git repository"),
        (("app.git", "--branch", "other"), "no branch 'other'"),
        (("app.git", "--branch=--upload-pack=x"), "tracking_branch"),
        (("app.git", "--file", "else.md"), "no else.md on main"),
        (("app.git", "--file", "../else.md"), "no path inside the repository"),
        (("app.git", "--config", "none.toml"), "none.toml"),
    ],
)
def test_wrong_usage(call: Call, repository: Repository, arguments: tuple[str, ...], words: str) -> None:
    """Exit 2, and what is wrong."""
    done = call("verify", *arguments)
    assert (done.returncode, done.stdout) == (2, ""), repository
    assert words in done.stderr
