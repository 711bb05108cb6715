"""Taking an agent's commit over: its repository is read as data, and no git ever runs by its rules.

The agent could write every byte of its ``.git``. So the branch's tip is read from the file, and a clean
repository of our own borrows the agent's objects; from that our clone fetches, which checks every object.
Configuration, hooks, attributes and HEAD of the agent's repository are never looked at.
"""

import os
import stat
from pathlib import Path

from tasks_lib.backlog.model import Item
from tasks_lib.backlog.names import is_sha
from tasks_lib.errors import WorkRefused
from tasks_lib.ports import Harvest, Workspace
from tasks_lib.vcs.changes import changes, uncommitted
from tasks_lib.vcs.git import Git
from tasks_lib.vcs.mirror import Mirror
from tasks_lib.vcs.scratch import scratch

ALTERNATES = "objects/info/alternates"
_LONGEST_FILE = 4_000_000
_GITLINK = "160000"
_SHOWN = 10


def alternates_of(mirror: Mirror) -> str:
    """Return the file by which an agent's clone borrows our objects."""
    return f"{mirror.path / 'objects'}\n"


def take(mirror: Mirror, item: Item, workspace: Workspace, tracking_file: str, integration: str) -> Harvest:
    """Bring the tip of the workspace's branch into our clone and check what it changes.

    ``integration`` is the newest known tip of the integration branch, whose tracking file may have come in
    by a merge. Raise ``WorkRefused`` in words that tell the agent what to do.
    """
    commit = _tip(workspace)
    if commit == workspace.base:
        raise WorkRefused(_nothing_committed(mirror, workspace))
    _fetch(mirror, item, workspace, commit)
    if not mirror.is_ancestor(workspace.base, commit):
        raise WorkRefused(
            f"{workspace.branch} no longer holds the commit that it started from, {workspace.base}. "
            f"Do not amend, rebase or reset earlier commits: put your change on top of that commit."
        )
    _check_tracking_file(mirror, workspace.base, commit, tracking_file, integration)
    found = changes(mirror, workspace.base, commit)
    if not found:
        raise WorkRefused(
            "Your commits change nothing. Make the change that the item asks for and commit it."
        )
    links = [change.path for change in found if change.mode == _GITLINK != change.old_mode]
    if links:
        raise WorkRefused(f"Commit files, not repositories inside the repository: {_listed(links)}")
    files = tuple(change.path for change in found)
    return Harvest(commit, workspace.branch, files, _subject(mirror, commit))


def _check_tracking_file(mirror: Mirror, base: str, commit: str, path: str, integration: str) -> None:
    allowed = {mirror.entry(base, path), mirror.entry(integration, path)}
    if mirror.entry(commit, path) not in allowed:
        raise WorkRefused(
            f"Your commits touch {path}, which only the orchestrator may write. Bring it back with "
            f"`git checkout {base} -- {path}` (or remove it, if it was not there) and commit."
        )


def _nothing_committed(mirror: Mirror, workspace: Workspace) -> str:
    left = uncommitted(mirror, workspace.path, workspace.base)
    if left:
        return (
            f"There is no commit on {workspace.branch}, but there are changes that are not committed: "
            f"{_listed(left)}. Commit them on {workspace.branch}."
        )
    return (
        f"There is no commit on {workspace.branch} and no change. Do the work and commit it on that branch."
    )


def _listed(names: list[str]) -> str:
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _subject(mirror: Mirror, commit: str) -> str:
    subject = mirror.git.run("log", "--max-count=1", "--format=%s", commit)
    return "".join(c for c in subject if c.isprintable())[:100] or "(no subject)"


def _tip(workspace: Workspace) -> str:
    """Read the branch's commit from the files of the agent's repository."""
    directory = workspace.path / ".git"
    ref = f"refs/heads/{workspace.branch}"
    sha = _read(directory / ref).strip() or _packed(_read(directory / "packed-refs"), ref)
    if not is_sha(sha):
        raise WorkRefused(f"The branch {workspace.branch} is gone. Commit your work on {workspace.branch}.")
    return sha


def _packed(text: str, ref: str) -> str:
    for line in text.splitlines():
        sha, _, name = line.partition(" ")
        if name == ref:
            return sha
    return ""


def _read(path: Path) -> str:
    """Read a small regular file that somebody else made; anything else reads as empty."""
    try:
        # Not through a link, and not waiting for the other end of a pipe.
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return ""
    with os.fdopen(handle, "rb") as file:
        regular = stat.S_ISREG(os.fstat(handle).st_mode)
        return file.read(_LONGEST_FILE).decode("ascii", "replace") if regular else ""


def _fetch(mirror: Mirror, item: Item, workspace: Workspace, commit: str) -> None:
    objects = workspace.path / ".git" / "objects"
    if _read(objects / "info" / "alternates") != alternates_of(mirror) or not _is_plain(objects):
        raise WorkRefused("The repository's own files were changed: leave .git/objects to git.")
    with scratch(mirror.state / "harvests", f"{item.id}-") as clean:
        _borrow(clean, f"{objects}\n{alternates_of(mirror)}", commit)
        local = Git(mirror.path, mirror.git.timeout, protocol="file")
        target = f"refs/tasks-md/harvest/{item.id}"
        with mirror.locked("refs"):
            answer = local.call(
                *("fetch", "--quiet", "--no-tags", "--no-write-fetch-head"),
                *("--", str(clean), f"+refs/heads/work:{target}"),
            )
    if not answer.ok:
        raise WorkRefused(f"Your commit {commit} cannot be read or breaks git's rules: {answer.err}")


def _is_plain(objects: Path) -> bool:
    """Tell whether there are only files and directories: a link could lead anywhere, a pipe hang."""
    if objects.resolve() != objects:
        return False
    modes = (path.lstat().st_mode for path in objects.rglob("*"))
    return all(stat.S_ISREG(mode) or stat.S_ISDIR(mode) for mode in modes)


def _borrow(directory: Path, alternates: str, commit: str) -> None:
    """Write a bare repository that has a single branch and borrows all its objects."""
    for part in ("objects/info", "refs/heads"):
        (directory / part).mkdir(parents=True)
    (directory / "HEAD").write_text("ref: refs/heads/work\n")
    (directory / "config").write_text("[core]\n\trepositoryformatversion = 0\n\tbare = true\n")
    (directory / ALTERNATES).write_text(alternates)
    (directory / "refs/heads/work").write_text(f"{commit}\n")
