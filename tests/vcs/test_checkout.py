"""Throw-away checkouts of one commit."""

import os
from pathlib import Path

import pytest

from tasks_lib.config import RunConfig
from tasks_lib.errors import WorkspaceError
from tasks_lib.vcs import GitWorkspaces, open_commit
from tests.vcs.conftest import Remote


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
