"""Our own bare clone: where everything is read, merged and pushed from. It holds nothing of value.

There is one below ``state_dir`` for each remote, shared by the threads and processes of this machine. Its
refs are written under one lock; objects need none. Whatever is wrong with it, it is made anew.
"""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import TypeVar

from tasks_lib.config import RunConfig
from tasks_lib.errors import RemoteUnavailable
from tasks_lib.telemetry import traced
from tasks_lib.vcs import scratch
from tasks_lib.vcs.clone import BRANCHES, Clone
from tasks_lib.vcs.git import Answer, Git, GitFailed
from tasks_lib.vcs.names import Remote, check_names, parse_remote
from tasks_lib.vcs.orphans import end_orphans
from tasks_lib.vcs.push import Move, PushOutcome, read_push

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Entry:
    """What a tree holds at a path: ``mode`` as git writes it (``100644``), and the object's sha."""

    mode: str
    sha: str


@dataclass(frozen=True, slots=True)
class Merge:
    """The tree of a merge, and the paths that do not merge; the tree is only of use without any."""

    tree: str
    conflicts: tuple[str, ...] = ()


class Mirror:
    """The clone of the configured remote; any number of instances may share it."""

    def __init__(self, config: RunConfig) -> None:
        check_names(config)
        self.remote: Remote = parse_remote(config.remote)
        self.state = config.state_dir.expanduser().resolve()
        self.path = self.state / "mirrors" / f"{self.remote.slug}.git"
        identity = config.identity
        self.git = Git(
            self.path,
            config.git_timeout,
            variables={
                "GIT_AUTHOR_NAME": identity.name,
                "GIT_AUTHOR_EMAIL": identity.email,
                "GIT_COMMITTER_NAME": identity.name,
                "GIT_COMMITTER_EMAIL": identity.email,
            },
        )
        self._clone = Clone(self.path, self.remote, config.git_timeout)

    def locked(self, what: str) -> AbstractContextManager[None]:
        """Hold one of the mirror's locks, between threads and processes; not to be nested in itself."""
        self.state.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path.parent.mkdir(exist_ok=True, mode=0o700)
        return scratch.locked(self.path.with_suffix(f".{what}.lock"))

    def fetch(self, *refspecs: str) -> None:
        """Bring every branch up to date, or what the refspecs name.

        Raise ``RemoteUnavailable`` when the remote does not answer.
        """
        with self.locked("refs"):
            answer = self._clone.fetch(refspecs or BRANCHES)
        self._check(answer)

    def recover(self) -> None:
        """Do away with what killed runs left: processes, locks, half-written files, loose objects."""
        end_orphans()
        with self.locked("refs"):
            self._clone.tidy()

    def mended(self, action: Callable[[], Value]) -> Value:
        """Do what only a damaged clone can keep from being done: then mend the clone and do it once more.

        Raise ``GitFailed`` when the clone is sound, ``RemoteUnavailable`` when it cannot be made anew.
        """
        before = self._clone.birth
        try:
            return action()
        except GitFailed:
            with self.locked("refs"):
                # Another thread may have been here first.
                if self._clone.birth == before:
                    if not self._clone.is_damaged():
                        raise
                    self._check(self._clone.replace())
            return action()

    def check_sound(self) -> None:
        """Raise ``GitFailed`` when the clone is damaged: before people are told of what is not there."""
        with self.locked("refs"):
            # With refs that move meanwhile fsck misses what it has passed by.
            damaged = self._clone.is_damaged()
        if damaged:
            raise GitFailed(f"our own clone {self.path} is damaged")

    def _check(self, answer: Answer) -> None:
        if not answer.ok:
            why = answer.err or f"git fetch ended with {answer.status}"
            raise RemoteUnavailable(f"{_shown(self.remote)}: {why}")

    def tip(self, branch: str) -> str | None:
        """Return the commit of a branch as last fetched, or None where there is no such branch."""
        answer = self.git.call("rev-parse", "--verify", "--quiet", f"refs/remotes/origin/{branch}")
        return answer.text if answer.ok else None

    def is_ancestor(self, old: str, new: str) -> bool:
        """Tell whether one commit is in the other's history, or the same; False for an ``old`` unknown here.

        Raise ``GitFailed`` when the history cannot be read.
        """
        answer = self.git.call("merge-base", "--is-ancestor", old, new)
        if answer.status not in {0, 1} and self.git.call("cat-file", "-e", old).ok:
            raise GitFailed(f"cannot read the history of {new}: {answer.err}")
        return answer.ok

    def entry(self, commit: str, path: str) -> Entry | None:
        """Return what a commit holds at a path, or None for nothing."""
        line = self.git.run("ls-tree", "-z", "--full-tree", commit, "--", path)
        if not line:
            return None
        mode, _kind, sha = line.split("\t", 1)[0].split(" ")
        return Entry(mode, sha)

    def blob(self, sha: str) -> bytes:
        """Return the bytes of a file."""
        answer = self.git.call("cat-file", "blob", sha)
        if not answer.ok:
            raise GitFailed(f"cannot read {sha}: {answer.err}")
        return answer.out

    def replace_file(self, commit: str, path: str, data: bytes) -> str:
        """Return the tree of a commit with one regular file changed."""
        with self.index(commit) as index, tempfile.NamedTemporaryFile() as file:
            # By a file: when it is fed by a pipe and killed, git may store half of it.
            file.write(data)
            file.flush()
            blob = self.git.run("hash-object", "-w", "--no-filters", "--", file.name)
            self.git.run("update-index", "--cacheinfo", f"100644,{blob},{path}", variables=index)
            return self.git.run("write-tree", variables=index)

    @contextmanager
    def index(self, commit: str) -> Iterator[Mapping[str, str]]:
        """Read a commit into an index of its own; gives the variables that name it."""
        with tempfile.TemporaryDirectory(prefix="tasks-md-index-") as directory:
            variables = {"GIT_INDEX_FILE": f"{directory}/index"}
            self.git.run("read-tree", commit, variables=variables)
            yield variables

    def commit(self, tree: str, parents: tuple[str, ...], message: str) -> str:
        """Make a commit object and return its sha; no ref is moved."""
        with tempfile.NamedTemporaryFile() as file:
            file.write(message.encode())
            file.flush()
            named = [part for parent in parents for part in ("-p", parent)]
            return self.git.run("commit-tree", tree, *named, "-F", file.name)

    def merge(self, ours: str, theirs: str) -> Merge:
        """Merge two commits without a work tree."""
        answer = self.git.call(
            "merge-tree", "--write-tree", "--name-only", "--no-messages", "-z", ours, theirs
        )
        if answer.status not in {0, 1}:
            raise GitFailed(f"cannot merge {theirs} into {ours}: {answer.err}")
        tree, *conflicts = answer.text.rstrip("\0").split("\0")
        return Merge(tree, tuple(conflicts))

    @traced("push", lambda _self, updates, _fence=None: {"branches": " ".join(updates)})
    def push(self, updates: Mapping[str, str], fence: Move | None = None) -> PushOutcome:
        """Push commits to branches, all of them or none, and never by force; a fence moves with them."""
        refspecs = [f"{commit}:refs/heads/{branch}" for branch, commit in updates.items()]
        options = ["--atomic"] if fence or len(refspecs) > 1 else []
        if fence:
            options.append(f"--force-with-lease={fence.ref}:{fence.old}")
            refspecs.append(f"{fence.new}:{fence.ref}")
        return read_push(
            self._clone.outward.call(
                "push", "--porcelain", "--no-verify", *options, "--", "origin", *refspecs
            )
        )

    def have_landed(self, updates: Mapping[str, str]) -> bool:
        """Ask the remote whether its branches hold all these commits; False where there are none to tell.

        Raise ``RemoteUnavailable`` when it does not answer.
        """
        commits = {branch: commit for branch, commit in updates.items() if commit}
        if not commits:
            return False
        self.fetch()
        tips = ((self.tip(branch), commit) for branch, commit in commits.items())
        return all(tip is not None and self.is_ancestor(commit, tip) for tip, commit in tips)


def _shown(remote: Remote) -> str:
    """Return the address without its password."""
    scheme, separator, rest = remote.address.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}" if separator else remote.address
