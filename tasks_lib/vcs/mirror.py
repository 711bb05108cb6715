"""Our own bare clone: where everything is read, merged and pushed from. It holds nothing of value.

There is one below ``state_dir`` for each remote, shared by the threads and processes of this machine. Its
refs are written under one lock; objects need none. Whatever is wrong with it, it is made anew.
"""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from tasks_lib.config import RunConfig
from tasks_lib.errors import RemoteUnavailable
from tasks_lib.vcs import environment, scratch
from tasks_lib.vcs.git import Answer, Git, GitFailed
from tasks_lib.vcs.names import Remote, check_names, parse_remote
from tasks_lib.vcs.push import Move, PushOutcome, read_push

_CONFIG = """\
[core]
\trepositoryformatversion = 0
\tbare = true
\tfsync = all
"""

_BRANCHES = ("+refs/heads/*:refs/remotes/origin/*",)

# Old but harmless faults in histories that people have; everything else that fsck finds stops the fetch.
_TOLERATED = (
    *("zeroPaddedFilemode", "badTimezone", "missingSpaceBeforeDate", "missingSpaceBeforeEmail"),
    *("missingNameBeforeEmail", "badEmail", "gitmodulesParse"),
)


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
        self._outward = Git(
            self.path,
            config.git_timeout,
            variables=environment.remote_variables(),
            settings=(
                *environment.credential_settings(self.remote.address),
                *(f"fetch.fsck.{fault}=ignore" for fault in _TOLERATED),
            ),
            protocol=self.remote.protocol,
            credentials=True,
        )

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
            self._repair()
            answer = self._fetch(refspecs or _BRANCHES)
            if not answer.ok and not answer.timed_out and self._remote_answers():
                # It may have come back this moment.
                answer = self._fetch(refspecs or _BRANCHES)
                if not answer.ok and not answer.timed_out and self._is_damaged():
                    self._make_anew()
                    answer = self._fetch(refspecs or _BRANCHES)
        if not answer.ok:
            why = answer.err or f"git fetch ended with {answer.status}"
            raise RemoteUnavailable(f"{_shown(self.remote)}: {why}")

    def _fetch(self, refspecs: Sequence[str]) -> Answer:
        return self._outward.call(
            *("fetch", "--quiet", "--prune", "--no-tags", "--no-write-fetch-head"),
            *("--", "origin", *refspecs),
        )

    def _remote_answers(self) -> bool:
        """Tell whether the remote is there; a clone too garbled to ask it is not the remote's fault."""
        asked = self._outward.call("ls-remote", "--quiet", "--heads", "--", "origin")
        return asked.ok or not self.git.call("for-each-ref", "--count=1").ok

    def _is_damaged(self) -> bool:
        """Tell whether a fetch failed by our fault.

        Looked at closely, as open checkouts borrow from this clone: it is not lightly given up.
        """
        if not self.git.call("for-each-ref", "--count=1").ok:
            return True
        check = self.git.call("fsck", "--connectivity-only", "--no-dangling")
        return not check.ok and not check.timed_out

    def _repair(self) -> None:
        """Make the clone when it is missing or not one, and drop the locks of killed processes."""
        config = self.path / "config"
        if not config.is_file() or not (self.path / "objects").is_dir() or not (self.path / "HEAD").is_file():
            self._make_anew()
        for lock in (*self.path.glob("*.lock"), *(self.path / "refs").rglob("*.lock")):
            lock.unlink(missing_ok=True)

    def _make_anew(self) -> None:
        if self.path.exists():
            scratch.remove(self.path)
        for directory in ("objects/info", "objects/pack", "refs/heads"):
            (self.path / directory).mkdir(parents=True, mode=0o700)
        (self.path / "HEAD").write_text("ref: refs/heads/none\n")
        draft = self.path / "config.new"
        draft.touch(mode=0o600)
        draft.write_text(_CONFIG)
        # In the file, where other users of the machine cannot read it, as it may hold a password.
        self.git.run("config", "--file", str(draft), "remote.origin.url", self.remote.address)
        # All at once and last: without a configuration the clone counts as missing.
        draft.replace(self.path / "config")

    def tip(self, branch: str) -> str | None:
        """Return the commit of a branch as last fetched, or None where there is no such branch."""
        answer = self.git.call("rev-parse", "--verify", "--quiet", f"refs/remotes/origin/{branch}^{{commit}}")
        return answer.text if answer.ok else None

    def is_ancestor(self, old: str, new: str) -> bool:
        """Tell whether one commit is in the other's history, or the same; False for unknown objects too."""
        return self.git.call("merge-base", "--is-ancestor", old, new).ok

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

    def push(self, updates: Mapping[str, str], fence: Move | None = None) -> PushOutcome:
        """Push commits to branches, all of them or none, and never by force; a fence moves with them."""
        refspecs = [f"{commit}:refs/heads/{branch}" for branch, commit in updates.items()]
        options = ["--atomic"] if fence or len(refspecs) > 1 else []
        if fence:
            options.append(f"--force-with-lease={fence.ref}:{fence.old}")
            refspecs.append(f"{fence.new}:{fence.ref}")
        return read_push(
            self._outward.call("push", "--porcelain", "--no-verify", *options, "--", "origin", *refspecs)
        )


def _shown(remote: Remote) -> str:
    """Return the address without its password."""
    scheme, separator, rest = remote.address.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}" if separator else remote.address
