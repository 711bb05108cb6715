"""Private checkouts for agents, and the way of their commits to the remote."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path

from tasks_lib.backlog.model import Item, ItemId
from tasks_lib.config import RunConfig
from tasks_lib.errors import MergeConflict, PushRefused, RemoteUnavailable, WorkspaceError
from tasks_lib.ports import Harvest, Integrated, Workspace
from tasks_lib.review import Secrets
from tasks_lib.vcs import leavings
from tasks_lib.vcs.git import Git
from tasks_lib.vcs.harvest import Harvester
from tasks_lib.vcs.kept import keep, take_kept, without_kept
from tasks_lib.vcs.leaks import Leaks
from tasks_lib.vcs.mirror import Mirror
from tasks_lib.vcs.names import item_branch
from tasks_lib.vcs.push import Pusher, PushState
from tasks_lib.vcs.salvage import Salvage, keep_out
from tasks_lib.vcs.scratch import scratch
from tasks_lib.vcs.tries import tries

_ITEM = "Item"

Prepare = Callable[[Item, Workspace], AbstractContextManager[Path | None]]
"""Sets up a checkout that is to be worked in, and gives its HOME; None for an empty one."""


def _nothing_to_prepare(_item: Item, _workspace: Workspace) -> AbstractContextManager[Path | None]:
    return nullcontext()


class GitWorkspaces:
    """Checkouts made from our own clone of the remote; see ``ports.Workspaces``.

    Any number of instances may be used at once, from any thread. What is published goes through ``pusher``,
    the lock of the run; ``secrets`` are values that no push may carry; ``prepare`` sets a new checkout up and
    gives the HOME that belongs to it; ``doors`` gives those that lead to the hosts of a repo.
    """

    def __init__(
        self,
        config: RunConfig,
        pusher: Pusher | None = None,
        secrets: Iterable[str] = (),
        prepare: Prepare = _nothing_to_prepare,
        doors: Callable[[tuple[str, ...]], Mapping[str, Path]] = lambda _: {},
    ) -> None:
        self._config = config
        self._mirror = Mirror(config)
        self._pusher = pusher or self._mirror
        self._prepare = prepare
        self._doors = doors
        leaks = Leaks(self._mirror, Secrets(secrets), config.review.allowed_tokens)
        self._harvester = Harvester(self._mirror, config.tracking_file, config.review, leaks)

    def integration_tip(self) -> str:
        """Return the newest commit of the integration branch; the base branch's before there is one.

        Raise ``RemoteUnavailable``, or ``WorkspaceError`` when there is no base branch either.
        """
        return self._mirror.mended(self._newest_integration)

    def _newest_integration(self) -> str:
        self._mirror.fetch()
        return self._integration_tip()

    def base_tip(self) -> str:
        """Return the newest commit of the base branch, which no agent of ours has touched.

        Raise ``RemoteUnavailable``, or ``WorkspaceError`` when there is no such branch.
        """
        self._mirror.fetch()
        tip = self._mirror.tip(self._config.base_branch)
        if tip is None:
            raise WorkspaceError(f"the remote has no branch {self._config.base_branch!r} (base_branch)")
        return tip

    @contextmanager
    def open(self, item: Item) -> Iterator[Workspace]:
        """Give a private clone on the item's branch, without remote, hooks and credentials.

        A branch that exists goes on from its tip with the integration branch merged in. Where that does not
        merge it goes on from its tip as it is: publishing will refuse the work in words that tell the next
        attempt what to merge, and an agent can do that, as all our objects are within its clone's reach.
        """
        if not ItemId.matches(item.id):
            raise WorkspaceError(f"{item.id!r} is no id of an item")
        branch = item_branch(item, self._config)
        repo = self._config.repo_named(item.repo)
        with scratch(self._mirror.state / "workspaces", f"{item.id}-") as path:
            base = self._mirror.mended(lambda: self._newest_clone(path, branch))
            objects = self._mirror.path / "objects"
            workspace = Workspace(path, branch, base, repo.path, (objects,), doors=self._doors(repo.network))
            with self._prepare(item, workspace) as home:
                yield (
                    replace(workspace, home=home, made=keep_out(self._mirror, workspace))
                    if home
                    else workspace
                )

    def _newest_clone(self, path: Path, branch: str) -> str:
        """Make the clone at a path and return the commit that it starts from."""
        self._mirror.fetch()
        base = self._base(branch)
        self._clone(path, branch, base)
        return base

    def _base(self, branch: str) -> str:
        """Return the commit to start from, making the merge where both sides have something new."""
        integration = self._integration_tip()
        tip = self._mirror.tip(branch)
        if tip is None or self._mirror.is_ancestor(tip, integration):
            return integration
        if self._mirror.is_ancestor(integration, tip):
            return tip
        merge = self._mirror.merge(tip, integration)
        if merge.conflicts:
            return tip
        message = f"Merge {self._config.integration_branch} into {branch}\n"
        return self._mirror.commit(merge.tree, (tip, integration), message)

    def _integration_tip(self) -> str:
        config = self._config
        tip = self._mirror.tip(config.integration_branch) or self._mirror.tip(config.base_branch)
        if tip is None:
            raise WorkspaceError(f"the remote has no branch {config.base_branch!r} (base_branch)")
        return tip

    def _clone(self, path: Path, branch: str, base: str) -> None:
        timeout, identity = self._config.git_timeout, self._config.identity
        git = Git(path / ".git", timeout, settings=("core.symlinks=true",))
        git.run("init", "--quiet", "--template=", f"--initial-branch={branch}")
        for name, value in (
            ("core.bare", "false"),
            ("user.name", identity.name),
            ("user.email", identity.email),
            ("gc.auto", "0"),
        ):
            git.run("config", "--local", name, value)
        alternates = path / ".git" / leavings.ALTERNATES
        alternates.parent.mkdir(exist_ok=True)
        alternates.write_text(leavings.alternates_of(self._mirror))
        git.run("update-ref", f"refs/heads/{branch}", base)
        git.run(f"--work-tree={path}", "read-tree", "--reset", "-u", "HEAD")

    def harvest(
        self, item: Item, workspace: Workspace, attempt: int = 1, *, finished: bool = False
    ) -> Harvest:
        """Take over the branch's commit; see ``ports.Workspaces``. Git never runs on what the agent left."""
        salvaging = Salvage(attempt, finished)
        return self._mirror.mended(
            lambda: self._harvester.take(item, workspace, salvaging, self._integration_tip())
        )

    def keep(self, item: Item, harvest: Harvest) -> str:
        """Push work that waits for approval to a branch of its own; see ``ports.Workspaces``."""
        return keep(item, harvest, self._pusher, self._config.push_budget)

    def kept(self, item: Item, commit: str) -> Harvest | None:
        """Return work that was kept; see ``ports.Workspaces``."""
        self._mirror.fetch()
        branch = item_branch(item, self._config)
        return take_kept(self._mirror, item, commit, branch, self._integration_tip())

    def publish(self, item: Item, harvest: Harvest, facts: Mapping[str, str]) -> str:
        """Push the branch and its merge into the integration branch, both or neither.

        Return the item's commit. Raise ``MergeConflict`` also when somebody else pushed to the branch.
        """
        with self._mirror.locked("publish"):
            why = ""
            for _ in tries(self._config.push_budget):
                try:
                    why = self._mirror.mended(lambda: self._try_publish(item, harvest, facts))
                except RemoteUnavailable as error:
                    why = str(error)
                if not why:
                    return harvest.commit
        raise RemoteUnavailable(
            f"gave up pushing {harvest.branch} after {self._config.push_budget:g} s: {why}"
        )

    def _try_publish(self, item: Item, harvest: Harvest, facts: Mapping[str, str]) -> str:
        """Make one try on the newest tips; return why it did not succeed, or nothing."""
        self._mirror.fetch()
        integration = self._integration_tip()
        found = self._finished(item.id)
        if found and found.commit == harvest.commit:
            return ""
        tip = self._mirror.tip(harvest.branch)
        if tip is not None and not self._mirror.is_ancestor(tip, harvest.commit):
            raise MergeConflict(
                f"somebody pushed to {harvest.branch} meanwhile. Run `git merge {tip}`, "
                f"resolve what conflicts, run the checks again and commit."
            )
        merge = self._merge(item, harvest, integration, facts)
        updates = {harvest.branch: harvest.commit, self._config.integration_branch: merge}
        outcome = self._pusher.push(updates | without_kept(self._mirror, item, harvest.commit))
        if outcome.state is PushState.REFUSED:
            raise PushRefused(f"the remote refuses to take {harvest.branch}: {outcome.words}")
        return "" if outcome.state is PushState.ACCEPTED else outcome.words

    def _merge(self, item: Item, harvest: Harvest, integration: str, facts: Mapping[str, str]) -> str:
        merge = self._mirror.merge(integration, harvest.commit)
        if merge.conflicts:
            raise MergeConflict(
                f"your commit does not merge with what others finished meanwhile; conflicts in: "
                f"{', '.join(merge.conflicts)}. Run `git merge {integration}`, resolve them, "
                f"run the checks again and commit."
            )
        trailers = {_ITEM: item.id, **facts}
        lines = [f"{name}: {' '.join(value.split())}" for name, value in trailers.items()]
        message = "\n".join([f"Merge {item.id}: {harvest.summary}", "", *lines, ""])
        return self._mirror.commit(merge.tree, (integration, harvest.commit), message)

    def integrated(self, item: Item) -> Integrated | None:
        """Return what the integration branch already holds of an item, the newest of it, else None.

        Only merges that we made on that branch count: a trailer in an agent's own commit does not.
        """
        return self._mirror.mended(lambda: self._newest_finished(item.id))

    def fault(self, item: Item) -> str:
        """Say what is missing on the remote of an item that is said to be done; empty when nothing is.

        A branch that is gone is none of it: people delete branches that are merged.
        """
        found = self.integrated(item)
        if found is None:
            return f"no merge of it is on {self._config.integration_branch}"
        branch = item_branch(item, self._config)
        tip = self._mirror.tip(branch)
        if tip is not None and not self._mirror.is_ancestor(found.commit, tip):
            return f"its commit {found.commit[:10]} is not on {branch}"
        return ""

    def _newest_finished(self, item: ItemId) -> Integrated | None:
        self._mirror.fetch()
        return self._finished(item)

    def _finished(self, item: ItemId) -> Integrated | None:
        tip = self._mirror.tip(self._config.integration_branch)
        if tip is None:
            return None
        log = self._mirror.git.run(
            *("log", "--first-parent", "--merges", "--fixed-strings", f"--grep={_ITEM}: {item}"),
            *("--format=%P%n%(trailers:only,unfold)%x00", tip),
        )
        for entry in log.split("\0"):
            parents, *trailers = entry.strip().splitlines() or [""]
            facts = dict(line.split(": ", 1) for line in trailers if ": " in line)
            if facts.pop(_ITEM, "") == item:
                base, commit = parents.split(" ")[:2]
                return Integrated(commit, facts, base)
        return None
