"""Taking an agent's work over: what it committed, what it forgot to commit, and what speaks against it."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from unicodedata import normalize

from tasks_lib.backlog.model import Item
from tasks_lib.config import ReviewConfig
from tasks_lib.errors import WorkRefused
from tasks_lib.ports import Harvest, Workspace
from tasks_lib.review import Change, flags
from tasks_lib.review.change import REPOSITORY
from tasks_lib.vcs import leavings
from tasks_lib.vcs.changes import changes
from tasks_lib.vcs.leaks import Leaks
from tasks_lib.vcs.mirror import Mirror
from tasks_lib.vcs.salvage import Salvage, salvage

_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Harvester:
    """Takes work over into our own clone, by the rules of a run."""

    mirror: Mirror
    tracking_file: str
    review: ReviewConfig
    leaks: Leaks

    def take(self, item: Item, workspace: Workspace, salvaging: Salvage, integration: str) -> Harvest:
        """Bring the work of an attempt into our clone and check what it changes.

        ``integration`` is the newest known tip of the integration branch, whose tracking file may have come
        in by a merge. Raise ``WorkRefused`` in words that tell the agent what to do.
        """
        base = workspace.base
        tip = self._tip(item, workspace)
        commit, remarks = salvage(self.mirror, workspace, tip, salvaging, self.tracking_file)
        if commit != tip:
            leavings.hold(self.mirror, item, commit)
        self._check_tracking_file(base, commit, integration)
        found = self._changes(base, commit, workspace.branch)
        self.leaks.refuse(base, commit, workspace.branch)
        return Harvest(
            commit,
            workspace.branch,
            tuple(change.path for change in found),
            _subject(self.mirror, commit),
            base,
            (*remarks, *flags(found, self.review.flags)),
        )

    def _tip(self, item: Item, workspace: Workspace) -> str:
        commit = leavings.tip_of(workspace)
        if commit == workspace.base:
            return commit
        leavings.fetch(self.mirror, item, workspace, commit)
        if not self.mirror.is_ancestor(workspace.base, commit):
            raise WorkRefused(
                f"{workspace.branch} no longer holds the commit that it started from, {workspace.base}. "
                f"Do not amend, rebase or reset earlier commits: put your change on top of that commit."
            )
        return commit

    def _check_tracking_file(self, base: str, commit: str, integration: str) -> None:
        path = self.tracking_file
        allowed = {self.mirror.entry(base, path), self.mirror.entry(integration, path)}
        if self.mirror.entry(commit, path) not in allowed:
            raise WorkRefused(
                f"Your commits touch {path}, which only the orchestrator may write. Bring it back with "
                f"`git checkout {base} -- {path}` (or remove it, if it was not there) and commit."
            )

    def _changes(self, base: str, commit: str, branch: str) -> tuple[Change, ...]:
        if commit == base:
            raise WorkRefused(
                f"There is no commit on {branch} and no change. Do the work and commit it on that branch."
            )
        found = changes(self.mirror, base, commit)
        if not found:
            raise WorkRefused(
                "Your commits change nothing. Make the change that the item asks for and commit it."
            )
        links = [change.path for change in found if change.mode == REPOSITORY != change.old_mode]
        if links:
            raise WorkRefused(f"Commit files, not repositories inside the repository: {_listed(links)}")
        self._check_doubles(found)
        return found

    def _check_doubles(self, found: Iterable[Change]) -> None:
        """Refuse what some machines take for the tracking file, or for a directory that it lies in."""
        own = {self.tracking_file, *map(str, PurePosixPath(self.tracking_file).parents)}
        taken = set(map(_folded, own))
        others = (change.path for change in found if change.path not in own)
        doubles = [path for path in others if _folded(path) in taken]
        if doubles:
            raise WorkRefused(
                f"On machines that do not tell capitals apart {_listed(doubles)} is the same path as "
                f"{self.tracking_file}, which only the orchestrator may write. Give it another name."
            )


def _folded(path: str) -> str:
    return normalize("NFKC", path).casefold()


def _listed(names: list[str]) -> str:
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _subject(mirror: Mirror, commit: str) -> str:
    subject = mirror.git.run("log", "--max-count=1", "--format=%s", commit)
    return "".join(c for c in subject if c.isprintable())[:100] or "(no subject)"
