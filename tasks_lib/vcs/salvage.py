"""Committing what an agent left without a commit, from outside and by our own rules.

Read with our own clone's settings and an index of our own: neither the configuration nor the attributes'
filters of the agent's repository have a say, only the ``.gitignore`` files of its checkout.
"""

import re
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from tasks_lib.errors import WorkspaceError
from tasks_lib.ports import Workspace
from tasks_lib.review.flags import named
from tasks_lib.vcs.git import GitFailed
from tasks_lib.vcs.mirror import Mirror

LARGEST = 10_000_000
"""Bytes above which a new file is taken for something that was left behind, not for work."""


_SPECIAL = re.compile(r"[\\*?\[\] ]")  # what a pattern of .gitignore would read as more than itself


@dataclass(frozen=True, slots=True)
class Salvage:
    """Whose work is to be salvaged: the attempt's number, and whether its agent said that it was finished.

    Of finished work that has commits, new files are left where they are: an agent that commits and goes
    knows what it did not add.
    """

    attempt: int = 1
    finished: bool = False


@dataclass(frozen=True, slots=True)
class _Tree:
    """A checkout of somebody else's, compared with a commit in an index of our own."""

    mirror: Mirror
    path: Path
    index: Mapping[str, str] = field(repr=False)

    def listed(self, *kinds: str) -> set[str]:
        """Return the paths of some kinds: ``--modified``, ``--deleted``, ``--others``."""
        out = self._git("ls-files", "-z", "--full-name", "--exclude-standard", *kinds)
        return {name for name in out.split("\0") if name}

    def record(self, names: Iterable[str], *how: str) -> None:
        """Take paths into the index as they are in the checkout."""
        feed = "".join(f"{name}\0" for name in sorted(names)).encode("utf-8", "surrogateescape")
        if feed:
            self._git("update-index", *how, "-z", "--stdin", feed=feed)

    def _git(self, *arguments: str, feed: bytes | None = None) -> str:
        options = ("-c", "core.symlinks=true", f"--work-tree={self.path}")
        answer = self.mirror.git.call(*options, *arguments, variables=self.index, feed=feed)
        if not answer.ok:
            raise GitFailed(f"what was not committed in {self.path} cannot be read: {answer.err}")
        return answer.text


def salvage(
    mirror: Mirror, workspace: Workspace, commit: str, salvaging: Salvage, tracking_file: str
) -> tuple[str, tuple[str, ...]]:
    """Return the commit with what was not committed on top of it, and what a person should know of that.

    The commit itself when there is nothing to salvage. The tracking file is never salvaged.
    """
    new_files = commit == workspace.base or not salvaging.finished
    kept = {tracking_file, *map(str, PurePosixPath(tracking_file).parents)}
    with mirror.index(commit) as index:
        tree = _Tree(mirror, workspace.path, index)
        deleted = tree.listed("--deleted") - kept
        modified = tree.listed("--modified") - deleted - kept
        changed = {name for name in modified if _is_file(workspace.path / name)}
        # Before the new ones are looked for: a link may stand where a directory was.
        tree.record(deleted, "--force-remove")
        others = {name for name in tree.listed("--others") - kept if not _is_made(name, workspace.made)}
        taken = {name for name in others if new_files and _is_work(workspace.path / name)}
        tree.record(changed | taken, "--add", "--replace")
        sha = mirror.git.run("write-tree", variables=index)
    left = named("left out, as it was not committed", sorted(others - taken))
    if sha == mirror.git.run("rev-parse", f"{commit}^{{tree}}"):
        return commit, left
    subject = f"Salvaged: uncommitted work of attempt {salvaging.attempt}\n"
    salvaged = named("holds work that the agent did not commit", sorted(deleted | changed | taken))
    return mirror.commit(sha, (commit,), subject), (*salvaged, *left)


def keep_out(mirror: Mirror, workspace: Workspace) -> tuple[str, ...]:
    """Return the untracked paths of a workspace, and let the agent's own git ignore them.

    They are what the set-up made: dependencies, say. Directories end in a slash.
    """
    with mirror.index(workspace.base) as index:
        made = sorted(_Tree(mirror, workspace.path, index).listed("--others", "--directory"))
    patterns = ["/" + _SPECIAL.sub(r"\\\g<0>", name) for name in made if "\n" not in name]
    _write_exclude(workspace.path / ".git", "".join(f"{pattern}\n" for pattern in patterns))
    return tuple(made)


def _write_exclude(directory: Path, text: str) -> None:
    """Write ``info/exclude`` of a repository in which a set-up could do anything: through no link."""
    if directory.is_symlink():
        raise WorkspaceError("the set-up put a link in the place of .git")
    info = directory / "info"
    if info.is_symlink() or info.is_file():
        info.unlink()
    info.mkdir(exist_ok=True)
    exclude = info / "exclude"
    exclude.unlink(missing_ok=True)
    with exclude.open("x", encoding="utf-8", errors="surrogateescape") as file:
        file.write(text)


def _is_made(name: str, made: Iterable[str]) -> bool:
    return any(name == one or (one.endswith("/") and name.startswith(one)) for one in made)


def _is_work(path: Path) -> bool:
    """Tell whether a new path is a file, or a link, of a size that somebody may have written."""
    return _is_file(path) and path.lstat().st_size <= LARGEST


def _is_file(path: Path) -> bool:
    """Tell whether git can store what is there: it stumbles over pipes and devices."""
    mode = path.lstat().st_mode
    return stat.S_ISREG(mode) or stat.S_ISLNK(mode)
