"""Reading the repository that an agent left: as files, and by a clean one that borrows its objects.

The agent could write every byte of its ``.git``. So the branch's tip is read from the file, and a repository
of our own borrows the agent's objects; from that our clone fetches, which checks every object. Configuration,
hooks, attributes and HEAD of the agent's repository are never looked at, and no git ever runs by its rules.
"""

import os
import stat
from pathlib import Path

from tasks_lib.backlog.model import Item
from tasks_lib.backlog.names import is_sha
from tasks_lib.errors import WorkRefused
from tasks_lib.ports import Workspace
from tasks_lib.vcs.clone import HARVESTS
from tasks_lib.vcs.git import Git
from tasks_lib.vcs.mirror import Mirror
from tasks_lib.vcs.scratch import scratch

ALTERNATES = "objects/info/alternates"
_LONGEST_FILE = 4_000_000


def alternates_of(mirror: Mirror) -> str:
    """Return the file by which an agent's clone borrows our objects."""
    return f"{mirror.path / 'objects'}\n"


def tip_of(workspace: Workspace) -> str:
    """Read the branch's commit from the agent's files; raise ``WorkRefused`` when there is none."""
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


def fetch(mirror: Mirror, item: Item, workspace: Workspace, commit: str) -> None:
    """Bring an agent's commit into our clone; raise ``WorkRefused`` where it is not sound."""
    objects = workspace.path / ".git" / "objects"
    if _read(objects / "info" / "alternates") != alternates_of(mirror) or not _is_plain(objects):
        raise WorkRefused("The repository's own files were changed: leave .git/objects to git.")
    with scratch(mirror.state / "harvests", f"{item.id}-") as clean:
        _borrow(clean, f"{objects}\n{alternates_of(mirror)}", commit)
        local = Git(mirror.path, mirror.git.timeout, protocol="file")
        target = _place(item)
        with mirror.locked("refs"):
            answer = local.call(
                *("fetch", "--quiet", "--no-tags", "--no-write-fetch-head"),
                *("--", str(clean), f"+refs/heads/work:{target}"),
            )
    if not answer.ok:
        mirror.check_sound()
        raise WorkRefused(f"Your commit {commit} cannot be read or breaks git's rules: {answer.err}")


def hold(mirror: Mirror, item: Item, commit: str) -> None:
    """Let our clone know what it holds for an item: without a ref it would not outlive the clone."""
    with mirror.locked("refs"):
        mirror.git.run("update-ref", _place(item), commit)


def _place(item: Item) -> str:
    return f"{HARVESTS}{item.id}"


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
