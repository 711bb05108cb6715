"""Throw-away checkouts of one commit."""

import os
from pathlib import Path

import pytest

from tasks_lib.config import RunConfig
from tasks_lib.errors import WorkspaceError
from tasks_lib.vcs import GitWorkspaces, open_commit, restore
from tests.vcs.conftest import TRACKING, Remote


def test_it_holds_exactly_the_commit(remote: Remote, config: RunConfig, workspaces: GitWorkspaces) -> None:
    """All files of the commit are there, also those an archive would leave out, and no repository."""
    (remote.person / "link").symlink_to("/etc/hostname")
    remote.commit("main", {".gitattributes": "b.py export-ignore\n", "run.sh": "echo\n"})
    with open_commit(config, workspaces.integration_tip()) as path:
        found = {str(file.relative_to(path)) for file in path.rglob("*") if not file.is_dir()}
        expected = {".gitattributes", "apps/api/a.py", "apps/web/b.py", "docs/tasks.md", "link", "run.sh"}
        assert found == expected
        assert (path / "link").is_symlink()
    assert not path.exists()


def test_it_goes_even_when_its_modes_are_against_it(config: RunConfig, workspaces: GitWorkspaces) -> None:
    """What gates leave behind is removed, whatever they did to modes and links."""
    with open_commit(config, workspaces.integration_tip()) as path:
        (path / "apps/api/dead").symlink_to("/nowhere")
        (path / "apps/api/a.py").chmod(0)
        (path / "apps/api").chmod(0)
        (path / "apps").chmod(0o500)
    assert not path.exists()


@pytest.mark.parametrize("sha", ["main", "origin/main", "0" * 40, "--help", ""])
def test_only_a_known_commit_by_its_full_name(config: RunConfig, workspaces: GitWorkspaces, sha: str) -> None:
    """A branch name, an unknown commit and an option are refused."""
    workspaces.integration_tip()
    with pytest.raises(WorkspaceError, match="is no commit"), open_commit(config, sha):
        pass


def test_it_is_for_us_alone(config: RunConfig, workspaces: GitWorkspaces) -> None:
    """Other users of the machine cannot look in."""
    with open_commit(config, workspaces.integration_tip()) as path:
        assert os.stat(path).st_mode & 0o077 == 0  # noqa: PTH116 - the mode is what matters
        assert Path(path).parent.parent == config.state_dir


def test_files_are_put_back_and_nothing_else(
    config: RunConfig, workspaces: GitWorkspaces, tmp_path: Path
) -> None:
    """Changed and removed files are as the commit has them, new ones stay, and no link is followed."""
    sha = workspaces.integration_tip()
    outside = tmp_path / "outside"
    (outside / "api").mkdir(parents=True)
    (outside / "api/a.py").write_text("mine\n")
    with open_commit(config, sha) as path:
        (path / "docs/tasks.md").unlink()
        (path / "apps/made").touch()
        (path / "apps/web/b.py").write_text("changed\n")
        (path / "apps/api/a.py").unlink()
        (path / "apps/api").rmdir()
        (path / "apps/api").symlink_to(outside / "api")
        restore(config, sha, path)
        assert (path / "docs/tasks.md").read_text(encoding="utf-8") == TRACKING
        assert (path / "apps/web/b.py").read_text() == "two = 2\n"
        assert (path / "apps/api/a.py").read_text() == "one = 1\n"
        assert not (path / "apps/api").is_symlink()
        assert (path / "apps/made").exists()
    assert (outside / "api/a.py").read_text() == "mine\n"
