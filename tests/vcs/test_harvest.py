"""What an agent leaves is taken over only when it is clean, and never by its own rules."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tasks_lib.config import RunConfig
from tasks_lib.errors import WorkRefused
from tasks_lib.ports import Harvest, Workspace
from tasks_lib.vcs import GitWorkspaces
from tests.vcs.conftest import TRACKING, Remote, git, item, work, write

GOOD: dict[str, str | None] = {"apps/api/a.py": "one = 11\n"}


@pytest.fixture
def workspace(workspaces: GitWorkspaces) -> Iterator[Workspace]:
    with workspaces.open(item()) as opened:
        yield opened


def refusal(workspaces: GitWorkspaces, workspace: Workspace) -> str:
    """Return the words in which the work is refused."""
    with pytest.raises(WorkRefused) as refused:
        workspaces.harvest(item(), workspace)
    return str(refused.value)


def test_nothing_done(workspaces: GitWorkspaces, workspace: Workspace) -> None:
    """An agent that did nothing is told to do something."""
    assert "no commit on fix/auth and no change" in refusal(workspaces, workspace)


def test_branch_deleted(workspaces: GitWorkspaces, workspace: Workspace) -> None:
    """The branch has to be there."""
    git(workspace.path, "checkout", "-q", "--detach")
    git(workspace.path, "branch", "-q", "-D", "fix/auth")
    assert "is gone" in refusal(workspaces, workspace)


def test_rewritten_branch(workspaces: GitWorkspaces, workspace: Workspace) -> None:
    """A history that lost its beginning is refused."""
    write(workspace.path, GOOD)
    git(workspace.path, "commit", "-q", "-a", "--amend", "-m", "mine")
    assert "Do not amend, rebase or reset" in refusal(workspaces, workspace)


def test_empty_commit(workspaces: GitWorkspaces, workspace: Workspace) -> None:
    """A commit must change something."""
    git(workspace.path, "commit", "-q", "--allow-empty", "-m", "done")
    assert "change nothing" in refusal(workspaces, workspace)


def _edited(path: Path) -> None:
    write(path, {"docs/tasks.md": TRACKING.replace("not-started", "done")})


def _renamed(path: Path) -> None:
    git(path, "mv", "docs/tasks.md", "docs/done.md")


def _linked(path: Path) -> None:
    (path / "docs/tasks.md").unlink()
    (path / "docs/tasks.md").symlink_to("../apps/api/a.py")


def _executable(path: Path) -> None:
    (path / "docs/tasks.md").chmod(0o755)


def _linked_directory(path: Path) -> None:
    (path / "docs").rename(path / "papers")
    (path / "docs").symlink_to("papers")


@pytest.mark.parametrize("change", [_edited, _renamed, _linked, _executable, _linked_directory])
def test_tracking_file_touched(
    workspaces: GitWorkspaces, workspace: Workspace, change: Callable[[Path], None]
) -> None:
    """No way of changing the tracking file is taken, and the advice that is given mends it."""
    change(workspace.path)
    work(workspace.path, GOOD)
    said = refusal(workspaces, workspace)
    assert "docs/tasks.md, which only the orchestrator may write" in said
    if (workspace.path / "docs").is_symlink():
        (workspace.path / "docs").unlink()
    git(workspace.path, *said.split("`")[1].split()[1:])
    work(workspace.path, {"apps/api/more.py": ""})
    assert "docs/tasks.md" not in workspaces.harvest(item(), workspace).files


def test_gitlink(workspaces: GitWorkspaces, workspace: Workspace) -> None:
    """A repository inside the repository is refused."""
    git(workspace.path, "init", "-q", "inner")
    git(workspace.path / "inner", "commit", "-q", "--allow-empty", "-m", "inner")
    work(workspace.path, GOOD)
    assert "not repositories inside the repository: inner" in refusal(workspaces, workspace)


def test_packed_branch(workspaces: GitWorkspaces, workspace: Workspace) -> None:
    """A branch that git packed is found all the same."""
    commit = work(workspace.path, GOOD)
    git(workspace.path, "pack-refs", "--all")
    assert not (workspace.path / ".git/refs/heads/fix/auth").exists()
    assert workspaces.harvest(item(), workspace).commit == commit


def test_broken_object(workspaces: GitWorkspaces, workspace: Workspace) -> None:
    """A commit whose objects are missing is refused, and does not reach our clone."""
    commit = work(workspace.path, GOOD)
    blob = git(workspace.path, "rev-parse", f"{commit}:apps/api/a.py")
    (workspace.path / ".git/objects" / blob[:2] / blob[2:]).unlink()
    assert "cannot be read or breaks git's rules" in refusal(workspaces, workspace)


def test_object_that_breaks_the_rules(workspaces: GitWorkspaces, workspace: Workspace) -> None:
    """What fsck finds is refused: here a tree with an entry named .git."""
    blob = git(workspace.path, "hash-object", "-w", "apps/api/a.py")
    raw = b"100644 .git\0" + bytes.fromhex(blob)
    (workspace.path / "raw").write_bytes(raw)
    tree = git(workspace.path, "hash-object", "-w", "-t", "tree", "--literally", "raw")
    commit = git(workspace.path, "commit-tree", tree, "-p", "HEAD", "-m", "evil")
    git(workspace.path, "update-ref", "refs/heads/fix/auth", commit)
    assert "breaks git's rules" in refusal(workspaces, workspace)


def test_borrowed_from_elsewhere(tmp_path: Path, workspaces: GitWorkspaces, workspace: Workspace) -> None:
    """Objects of another repository of the machine cannot be brought in by way of alternates."""
    private = tmp_path / "private"
    git(tmp_path, "init", "-q", str(private))
    commit = work_elsewhere(private)
    alternates = workspace.path / ".git/objects/info/alternates"
    alternates.write_text(f"{alternates.read_text()}{private}/.git/objects\n")
    tree = git(workspace.path, "rev-parse", f"{commit}^{{tree}}")
    mine = git(workspace.path, "commit-tree", tree, "-p", "HEAD", "-m", "theirs")
    git(workspace.path, "update-ref", "refs/heads/fix/auth", mine)
    assert "leave .git/objects to git" in refusal(workspaces, workspace)


def work_elsewhere(directory: Path) -> str:
    write(directory, {"secret.txt": "for nobody\n"})
    git(directory, "add", "-A")
    git(directory, "commit", "-q", "-m", "secret")
    return git(directory, "rev-parse", "HEAD")


def test_repository_replaced_by_a_link(
    tmp_path: Path, workspaces: GitWorkspaces, workspace: Workspace
) -> None:
    """A .git that leads to another repository is refused."""
    shutil.copytree(workspace.path, tmp_path / "copy", symlinks=True)
    work(tmp_path / "copy", GOOD)
    shutil.rmtree(workspace.path / ".git")
    (workspace.path / ".git").symlink_to(tmp_path / "copy/.git")
    assert "leave .git/objects to git" in refusal(workspaces, workspace)


def test_objects_replaced_by_a_link(tmp_path: Path, workspaces: GitWorkspaces, workspace: Workspace) -> None:
    """Nor may a part of the objects lead elsewhere."""
    work(workspace.path, GOOD)
    git(workspace.path, "gc", "-q")
    shutil.move(workspace.path / ".git/objects/pack", tmp_path / "pack")
    (workspace.path / ".git/objects/pack").symlink_to(tmp_path / "pack")
    assert "leave .git/objects to git" in refusal(workspaces, workspace)


def test_pipes_for_files_do_not_hang(workspaces: GitWorkspaces, workspace: Workspace) -> None:
    """A named pipe where git keeps the branch is no branch."""
    ref = workspace.path / ".git/refs/heads/fix/auth"
    ref.unlink()
    os.mkfifo(ref)
    assert "is gone" in refusal(workspaces, workspace)


def test_planted_code_never_runs(
    tmp_path: Path, remote: Remote, workspaces: GitWorkspaces, workspace: Workspace
) -> None:
    """Hooks, helpers, filters and monitors in configuration and attributes have no effect on us."""
    proof = tmp_path / "ran"
    trap = workspace.path / "trap.sh"
    trap.write_text(f"#!/bin/sh\ntouch {proof}\ncat\n")
    trap.chmod(0o755)
    names = ["clean", "smudge", "process", "textconv", "command", "driver"]
    attributes = "* filter=evil diff=evil merge=evil\n"
    commit = work(workspace.path, {**GOOD, ".gitattributes": attributes})
    settings = {
        **{f"filter.evil.{name}": str(trap) for name in names},
        **{f"diff.evil.{name}": str(trap) for name in names},
        **{f"merge.evil.{name}": str(trap) for name in names},
        "core.fsmonitor": str(trap),
        "core.hooksPath": str(workspace.path / "hooks"),
        "core.sshCommand": str(trap),
        "core.pager": str(trap),
        "core.editor": str(trap),
        "core.alternateRefsCommand": str(trap),
        "uploadpack.packObjectsHook": str(trap),
        "gpg.program": str(trap),
        "credential.helper": f"!{trap}",
        "include.path": str(workspace.path / "more"),
    }
    with (workspace.path / ".git/config").open("a") as config:
        for name, value in settings.items():
            section, key = name.rsplit(".", 1)
            head, _, sub = section.partition(".")
            title = f'{head} "{sub}"' if sub else head
            config.write(f"[{title}]\n\t{key} = {value}\n")
    for directory in (workspace.path / "hooks", workspace.path / ".git/hooks"):
        directory.mkdir(exist_ok=True)
        for name in ("post-checkout", "reference-transaction", "post-index-change", "pre-push", "post-merge"):
            shutil.copy(trap, directory / name)
    (workspace.path / "apps/web/b.py").write_text("not committed\n")
    harvest = workspaces.harvest(item(), workspace)
    assert remote_parent(remote, workspaces, harvest) == commit
    assert not proof.exists()
    git(workspace.path, "status")
    assert proof.exists(), "the trap does work, for whoever runs git there"


def remote_parent(remote: Remote, workspaces: GitWorkspaces, harvest: Harvest) -> str:
    workspaces.publish(item(), harvest, {})
    return remote.sha("fix/auth^")


def test_a_merge_of_a_newer_tracking_file_is_no_edit(
    remote: Remote, config: RunConfig, workspaces: GitWorkspaces
) -> None:
    """An agent that merges the integration branch brings in its tracking file, and may."""
    remote.commit("fix/auth", {"begun.txt": "x\n"})
    newer = TRACKING.replace("5K", "6K")
    remote.commit(config.integration_branch, {"docs/tasks.md": newer, "apps/api/a.py": "one = 2\n"})
    with workspaces.open(item()) as workspace:
        # As if it had been opened before the integration branch went on.
        stale = Workspace(workspace.path, workspace.branch, remote.sha("fix/auth"))
        work(workspace.path, {"apps/api/new.py": ""})
        assert "docs/tasks.md" in workspaces.harvest(item(), stale).files
