"""The history of a tracking branch, read from any repository that has it: a remote, a checkout, our clone.

Nothing is written there, and nothing that its configuration names is run: plumbing alone reads it.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from tasks_lib.backlog.model import Item
from tasks_lib.config import RunConfig
from tasks_lib.errors import ConfigError, WorkspaceError
from tasks_lib.planning.invariants import PersonsVersion, Snapshot, StatusCommit
from tasks_lib.vcs.batches import Difference, Side, differences, read_blobs
from tasks_lib.vcs.git import Git
from tasks_lib.vcs.graph import Commit, history_of, read_graph
from tasks_lib.vcs.names import item_branch

_AT_ONCE = 200
"""How many commits are read by one call of git: their files are in memory together."""

_FETCHED, _OWN = "refs/remotes/origin/", "refs/heads/"


def open_repository(path: Path, timeout: float) -> Git:
    """Return git for a bare repository or a checkout; raise ``ConfigError`` when it is neither."""
    directory = path / ".git" if (path / ".git").exists() else path
    git = Git(directory.resolve(), timeout)
    answer = git.call("rev-parse", "--is-shallow-repository")
    if not answer.ok:
        raise ConfigError(f"{path} is no git repository")
    if answer.text == "true":
        raise ConfigError(f"the history in {path} is cut off: get all of it with git fetch --unshallow")
    return git


class History:
    """A tracking branch as a repository knows it: as last fetched from ``origin``, else its own branch.

    ``files`` are the tracking files on it, ``config.tracking_file`` when none is given. Raise ``ConfigError``
    when the branch is missing, or all of the files.
    """

    def __init__(self, git: Git, config: RunConfig, files: Sequence[str] = ()) -> None:
        self._git = git
        self._config = config
        self._files = tuple(files) or (config.tracking_file,)
        refs = _refs(git)
        fetched = _FETCHED + config.tracking_branch in refs
        self.ref = (_FETCHED if fetched else _OWN) + config.tracking_branch
        self._heads = _heads(refs, _FETCHED if fetched else _OWN)
        self.tip = self._heads.get(config.tracking_branch, "")
        self._check()

    def _check(self) -> None:
        branch = self._config.tracking_branch
        if not self.tip:
            raise ConfigError(f"{self._git.directory} has no branch {branch!r}")
        if not any(self._git.run("ls-tree", "--full-tree", self.tip, "--", path) for path in self._files):
            raise ConfigError(f"no {' and no '.join(self._files)} on {branch} at {self.tip[:10]}")

    @property
    def integration(self) -> str | None:
        """The tip of the integration branch, None where there is no such branch."""
        return self._heads.get(self._config.integration_branch)

    @cached_property
    def _graph(self) -> Mapping[str, Commit]:
        return read_graph(self._git, *filter(None, (self.tip, self.integration)))

    @cached_property
    def commits(self) -> tuple[Commit, ...]:
        """The commits in the history of the tracking branch, parents first."""
        found = history_of(self._graph, self.tip)
        return tuple(commit for commit in self._graph.values() if commit.sha in found)

    def versions(self) -> Iterator[StatusCommit | PersonsVersion]:
        """Yield the orchestrator's commits and what people made of the files, parents first."""
        for start in range(0, len(self.commits), _AT_ONCE):
            yield from self._read(self.commits[start : start + _AT_ONCE])

    def _read(self, commits: Sequence[Commit]) -> Iterator[StatusCommit | PersonsVersion]:
        found = {**self._by_people(commits), **self._by_ledger(commits)}
        ours = [each for paths in found.values() for each in paths if each.path in self._files]
        blobs = read_blobs(
            self._git,
            dict.fromkeys(side.sha for each in ours for side in (each.old, each.new) if side.is_blob),
        )
        for commit in commits:
            paths = found.get(commit.sha, ())
            if commit.by_ledger:
                yield self._status_commit(commit, paths, blobs)
            else:
                yield from _persons_versions(paths, blobs)

    def _by_ledger(self, commits: Sequence[Commit]) -> Mapping[str, Sequence[Difference]]:
        ours = [commit for commit in commits if commit.by_ledger]
        return differences(self._git, [(each.sha, *each.parents) for each in ours if len(each.parents) == 1])

    def _by_people(self, commits: Sequence[Commit]) -> Mapping[str, Sequence[Difference]]:
        """Return what people changed of the files; all else that they do is nobody's concern."""
        theirs = [commit for commit in commits if commit.parents and not commit.by_ledger]
        return differences(self._git, [(each.sha, each.parents[0]) for each in theirs], self._files)

    def _status_commit(
        self, commit: Commit, found: Sequence[Difference], blobs: Mapping[str, bytes]
    ) -> StatusCommit:
        ours = next((each for each in found if each.path in self._files), None)
        return StatusCommit(
            sha=commit.sha,
            subject=commit.subject,
            operation=commit.operation,
            run=commit.run,
            parents=len(commit.parents),
            paths=tuple(each.path for each in found),
            path=ours.path if ours else "",
            before=_snapshot(ours.old, blobs) if ours else None,
            after=_snapshot(ours.new, blobs) if ours else None,
        )

    @cached_property
    def _merged(self) -> Mapping[str, str]:
        """The newest merged commit of each item; the tracking branch may have those of a dropped one."""
        known = {commit.sha for commit in self.commits}
        if self.integration:
            known |= history_of(self._graph, self.integration)
        merges = [commit for commit in self._graph.values() if commit.merges_item and commit.sha in known]
        return {merge.item: merge.parents[1] for merge in merges}

    def unpublished(self, item: Item) -> str:
        """Say what is missing of an item that is said to be done; empty when nothing is.

        A branch that is gone is none of it: people delete branches that are merged.
        """
        commit = self._merged.get(item.id)
        if commit is None:
            return f"no merge of it is on {self._config.integration_branch}"
        try:
            branch = item_branch(item, self._config)
        except WorkspaceError as error:
            return str(error)
        tip = self._heads.get(branch, commit)
        if tip == commit or self._git.call("merge-base", "--is-ancestor", commit, tip).ok:
            return ""
        return f"its commit {commit[:10]} is not on {branch}"


def _refs(git: Git) -> Mapping[str, str]:
    lines = git.run("for-each-ref", "--format=%(refname) %(objectname)", _FETCHED, _OWN).splitlines()
    return dict(line.split(" ", 1) for line in lines)


def _heads(refs: Mapping[str, str], space: str) -> Mapping[str, str]:
    return {ref.removeprefix(space): sha for ref, sha in refs.items() if ref.startswith(space)}


def _persons_versions(paths: Sequence[Difference], blobs: Mapping[str, bytes]) -> Iterator[PersonsVersion]:
    for each in paths:
        snapshot = _snapshot(each.new, blobs)
        if snapshot:
            yield PersonsVersion(each.path, snapshot)


def _snapshot(side: Side, blobs: Mapping[str, bytes]) -> Snapshot | None:
    return Snapshot(side.mode, blobs.get(side.sha, b"")) if side.exists else None
