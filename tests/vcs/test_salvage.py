"""Work that an agent left without a commit is committed for it, by our rules and not by its own."""

import os
from collections.abc import Iterator

import pytest

from tasks_lib.errors import WorkRefused
from tasks_lib.ports import Workspace
from tasks_lib.vcs import GitWorkspaces
from tests.vcs.conftest import TRACKING, Remote, git, item, work, write

GOOD: dict[str, str | None] = {"apps/api/a.py": "one = 11\n"}


@pytest.fixture
def workspace(workspaces: GitWorkspaces) -> Iterator[Workspace]:
    with workspaces.open(item()) as opened:
        yield opened


def test_a_forgotten_commit_is_made(remote: Remote, workspaces: GitWorkspaces, workspace: Workspace) -> None:
    """Changed, new and deleted files become a commit that says so; ignored ones stay where they are."""
    write(workspace.path, {**GOOD, "new.py": "", "apps/web/b.py": None, ".gitignore": "*.log\n", "x.log": ""})
    harvest = workspaces.harvest(item(), workspace, 2)
    assert harvest.summary == "Salvaged: uncommitted work of attempt 2"
    assert harvest.files == (".gitignore", "apps/api/a.py", "apps/web/b.py", "new.py")
    words = ".gitignore, apps/api/a.py, apps/web/b.py, new.py"
    assert harvest.flags[0] == f"holds work that the agent did not commit: {words}"
    workspaces.publish(item(), harvest, {})
    assert remote.sha("fix/auth^") == workspace.base
    assert remote.show("fix/auth", "apps/api/a.py") == "one = 11\n"


def test_work_on_top_of_a_commit_is_salvaged_too(workspaces: GitWorkspaces, workspace: Workspace) -> None:
    """An agent that a limit ended in the middle keeps its commits, and what it had not committed."""
    commit = work(workspace.path, GOOD)
    write(workspace.path, {"apps/api/a.py": "one = 111\n", "new.py": ""})
    harvest = workspaces.harvest(item(), workspace)
    assert harvest.commit != commit
    assert harvest.files == ("apps/api/a.py", "new.py")


def test_finished_work_keeps_its_litter(workspaces: GitWorkspaces, workspace: Workspace) -> None:
    """Of an agent that committed and says that it is done, new files are left out, and named."""
    commit = work(workspace.path, GOOD)
    write(workspace.path, {"debug.txt": "here\n"})
    harvest = workspaces.harvest(item(), workspace, finished=True)
    assert harvest.commit == commit
    assert harvest.flags == ("left out, as it was not committed: debug.txt",)


def test_a_commit_on_another_branch_is_salvaged(workspaces: GitWorkspaces, workspace: Workspace) -> None:
    """What stands in the checkout counts, on whichever branch the agent committed it."""
    git(workspace.path, "checkout", "-q", "-b", "mine")
    work(workspace.path, GOOD)
    assert workspaces.harvest(item(), workspace, finished=True).files == ("apps/api/a.py",)


def test_the_tracking_file_is_never_salvaged(workspaces: GitWorkspaces, workspace: Workspace) -> None:
    """An edit of the tracking file that was not committed is left behind, and alone it is no work."""
    write(workspace.path, {"docs/tasks.md": TRACKING.replace("not-started", "done")})
    with pytest.raises(WorkRefused, match="no commit on fix/auth and no change"):
        workspaces.harvest(item(), workspace)
    write(workspace.path, GOOD)
    assert workspaces.harvest(item(), workspace).files == ("apps/api/a.py",)


def test_a_directory_that_became_a_link(workspaces: GitWorkspaces, workspace: Workspace) -> None:
    """Files below a directory that is now a link are gone, and the link leads nowhere for us."""
    (workspace.path / "apps/web").rename(workspace.path / "apps/site")
    (workspace.path / "apps/web").symlink_to("/etc")
    harvest = workspaces.harvest(item(), workspace)
    assert harvest.files == ("apps/site/b.py", "apps/web", "apps/web/b.py")
    assert "adds symbolic links: apps/web" in harvest.flags


def test_no_link_hides_the_tracking_file(workspaces: GitWorkspaces, workspace: Workspace) -> None:
    """A link in the place of the tracking file's directory is left behind."""
    (workspace.path / "docs").rename(workspace.path / "papers")
    (workspace.path / "docs").symlink_to("papers")
    assert workspaces.harvest(item(), workspace).files == ("papers/tasks.md",)


def test_what_is_no_work_stays(workspaces: GitWorkspaces, workspace: Workspace) -> None:
    """Pipes, repositories inside and huge files are not taken for work."""
    os.mkfifo(workspace.path / "pipe")
    git(workspace.path, "init", "-q", "inner")
    git(workspace.path / "inner", "commit", "-q", "--allow-empty", "-m", "inner")
    with (workspace.path / "core").open("wb") as file:
        file.truncate(11_000_000)
    write(workspace.path, GOOD)
    harvest = workspaces.harvest(item(), workspace)
    assert harvest.files == ("apps/api/a.py",)
    assert harvest.flags[1] == "left out, as it was not committed: core, inner/"


def test_a_strange_name_is_no_option(workspaces: GitWorkspaces, workspace: Workspace) -> None:
    """Names that look like options, patterns or lines are names."""
    names = ("--help", ":(exclude)a", "a\nb", "*", "\udce4.txt")
    for name in names:
        (workspace.path / name).write_text("x\n")
    assert set(workspaces.harvest(item(), workspace).files) == set(names)
