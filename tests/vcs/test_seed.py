"""A remote made from a directory, and the remote of a checkout."""

from pathlib import Path

import pytest

from tasks_lib.config import Identity
from tasks_lib.errors import ConfigError
from tasks_lib.vcs import origin_of, seed_remote
from tests.vcs.conftest import Remote, git


def test_a_seeded_remote_holds_the_directory_byte_for_byte(tmp_path: Path) -> None:
    """Everything but what the directory ignores is in the first commit, signed by the given identity."""
    source, bare = tmp_path / "source", tmp_path / "deep" / "new.git"
    (source / "docs").mkdir(parents=True)
    (source / "docs" / "tasks.md").write_bytes(b"# Tasks\r\nno final newline")
    (source / ".gitignore").write_text("*.pyc\n")
    (source / "left-out.pyc").write_text("cache")

    seed_remote(source, bare, Identity(name="Ada", email="ada@example.org"), "The example as it is")

    assert git(bare, "ls-tree", "-r", "--name-only", "main").split() == [".gitignore", "docs/tasks.md"]
    assert git(bare, "log", "-1", "--format=%an: %s", "main") == "Ada: The example as it is"
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", str(bare), str(clone))
    assert (clone / "docs" / "tasks.md").read_bytes() == b"# Tasks\r\nno final newline"


def test_the_origin_of_a_checkout_is_found_from_any_directory_in_it(remote: Remote) -> None:
    """A configuration without a remote means the origin of the checkout that it stands in."""
    assert origin_of(remote.person / "docs") == str(remote.path)


def test_a_relative_origin_is_relative_to_the_checkout(remote: Remote) -> None:
    """Where the process runs plays no part."""
    git(remote.person, "remote", "set-url", "origin", "../remote.git")

    assert Path(origin_of(remote.person / "docs")).resolve() == remote.path


def test_no_checkout_and_no_origin_are_told_apart(remote: Remote, tmp_path: Path) -> None:
    """Both are errors that say what is missing."""
    git(remote.person, "remote", "remove", "origin")
    with pytest.raises(ConfigError, match="has no remote 'origin'"):
        origin_of(remote.person)
    with pytest.raises(ConfigError, match="is not in a git checkout"):
        origin_of(tmp_path)
