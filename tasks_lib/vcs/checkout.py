"""Throw-away checkouts of one commit, without a repository in them that anybody could misuse."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tasks_lib.backlog.names import is_sha
from tasks_lib.config import RunConfig
from tasks_lib.errors import WorkspaceError
from tasks_lib.vcs.git import GitFailed
from tasks_lib.vcs.mirror import Mirror
from tasks_lib.vcs.scratch import scratch


@contextmanager
def open_commit(source: RunConfig | Mirror, sha: str) -> Iterator[Path]:
    """Give a new directory with the files of exactly one commit; it is removed afterwards.

    Symbolic links stay links. There is no ``.git``. The commit is one that our clone holds: a harvest's, or
    one of a fetched branch. Raise ``WorkspaceError`` for any other.
    """
    mirror = source if isinstance(source, Mirror) else Mirror(source)
    if not is_sha(sha):
        raise WorkspaceError(f"{sha!r} is no commit")
    with scratch(mirror.state / "checkouts", f"{sha[:12]}-") as directory:
        mirror.mended(lambda: check_out(mirror, sha, directory))
        yield directory


def restore(config: RunConfig, sha: str, directory: Path) -> None:
    """Put the files of a commit back to where something changed them; nothing else is touched."""
    check_out(Mirror(config), sha, directory)
    # Some files are ours now: a sandbox whose commands are another user's gives them the whole anew.
    os.chown(directory, os.geteuid(), os.getegid())


def check_out(mirror: Mirror, sha: str, directory: Path) -> None:
    """Write the files of a commit into a directory, over what stands in their places; the rest stays.

    Raise ``GitFailed`` when they cannot be read.
    """
    if not mirror.git.call("cat-file", "-e", f"{sha}^{{commit}}").ok:
        raise GitFailed(f"{sha} is no commit of our clone {mirror.path}")
    with mirror.index(sha) as index:
        mirror.git.run(
            *("-c", "core.symlinks=true", f"--work-tree={directory}"),
            *("checkout-index", "--all", "--force", "--quiet"),
            variables=index,
        )
