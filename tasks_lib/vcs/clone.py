"""Our own clone as a directory: made, tidied, kept small, and made anew when it is damaged.

Nothing here takes a lock; whoever calls holds the one of the clone's refs.
"""

import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from tasks_lib.vcs import environment, scratch
from tasks_lib.vcs.git import Answer, Git
from tasks_lib.vcs.names import Remote

BRANCHES = ("+refs/heads/*:refs/remotes/origin/*",)
HARVESTS = "refs/tasks-md/harvest/"

# Objects can be read by everybody, whatever our umask: the commands of an agent are another user's. Who may
# come so far is decided by the directory above, and the configuration with its password is for us alone.
_CONFIG = """\
[core]
\trepositoryformatversion = 0
\tbare = true
\tsharedRepository = 0644
\tfsync = all
"""

# Old but harmless faults in histories that people have; everything else that fsck finds stops the fetch.
_TOLERATED = (
    *("zeroPaddedFilemode", "badTimezone", "missingSpaceBeforeDate", "missingSpaceBeforeEmail"),
    *("missingNameBeforeEmail", "badEmail", "gitmodulesParse"),
)

# Files that only a git process at work has: one that outlived every time limit belongs to nobody.
_LEFT_BEHIND = ("objects/??/tmp_*", "objects/tmp_*", "objects/pack/tmp_*", "objects/pack/*.keep")

_FRESH, _DAMAGED = ".new", ".damaged"
"""What is put in place of the clone's suffix while another one is made."""

_LONGEST = 900.0
"""Seconds for looking at, or packing, all objects at once."""

_CRAMPED = (
    # When there are more loose objects than this: every sign of life of a lock leaves one.
    "gc.auto=2000",
    # What no ref leads to may still be at work for a run on another tracking file, but not for days.
    "gc.pruneExpire=1.day.ago",
    "gc.autoDetach=false",
)


class Clone:
    """The bare clone of ``remote`` at ``path``; ``timeout`` is in seconds and for each call of git."""

    def __init__(self, path: Path, remote: Remote, timeout: float) -> None:
        self.path = path
        self._remote = remote
        self._timeout = timeout
        self._git = Git(path, timeout)
        self.outward = Git(
            path,
            timeout,
            variables=environment.remote_variables(),
            settings=(
                *environment.credential_settings(remote.address),
                *(f"fetch.fsck.{fault}=ignore" for fault in _TOLERATED),
            ),
            protocol=remote.protocol,
            credentials=True,
        )

    @property
    def birth(self) -> tuple[int, int]:
        """What tells this clone from one that is made in its place later."""
        with suppress(OSError):
            config = (self.path / "config").stat()
            return (config.st_ino, config.st_ctime_ns)
        return (0, 0)

    def fetch(self, refspecs: Sequence[str] = BRANCHES) -> Answer:
        """Fetch into a clone that is made when it is missing, and made anew when it is why that fails."""
        self._repair()
        answer = self._fetch(refspecs)
        if not answer.ok and not answer.timed_out and self._remote_answers():
            # It may have come back this moment.
            answer = self._fetch(refspecs)
            if not answer.ok and not answer.timed_out and self.is_damaged():
                answer = self.replace()
                return answer if not answer.ok or refspecs == BRANCHES else self._fetch(refspecs)
        return answer

    def _fetch(self, refspecs: Sequence[str]) -> Answer:
        return self.outward.call(
            *("fetch", "--quiet", "--prune", "--no-tags", "--no-write-fetch-head"),
            *("--", "origin", *refspecs),
        )

    def _remote_answers(self) -> bool:
        """Tell whether the remote is there; a clone too garbled to ask it is not the remote's fault."""
        asked = self.outward.call("ls-remote", "--quiet", "--heads", "--", "origin")
        return asked.ok or not self._git.call("for-each-ref", "--count=1").ok

    def is_damaged(self) -> bool:
        """Tell whether something is missing or garbled in it.

        Every object is read, as open checkouts borrow from this clone: it is not lightly given up.
        """
        if not self._git.call("for-each-ref", "--count=1").ok:
            return True
        tolerant = tuple(f"fsck.{fault}=ignore" for fault in _TOLERATED)
        check = Git(self.path, _LONGEST, settings=tolerant).call("fsck", "--no-dangling", "--no-progress")
        return not check.ok and not check.timed_out

    def replace(self) -> Answer:
        """Make another clone, with the harvests that can be saved, and put it in this one's place.

        Return what the fetch said: when that failed this clone stays as it is.
        """
        fresh = Clone(self.path.with_suffix(_FRESH), self._remote, self._timeout)
        fresh.make()
        answer = fresh._fetch(BRANCHES)
        if answer.ok:
            fresh._save_harvests(self.path)
            old = self.path.with_suffix(_DAMAGED)
            _remove(old)
            if self.path.exists():
                self.path.rename(old)
            fresh.path.rename(self.path)
            _remove(old)
        return answer

    def _save_harvests(self, damaged: Path) -> None:
        """Take over the work that is not pushed yet, each for itself, as far as it can still be read."""
        local = replace(self._git, protocol="file")
        refs = Git(damaged, self._timeout).call("for-each-ref", "--format=%(refname)", HARVESTS)
        for ref in refs.text.split():
            local.call(*("fetch", "--quiet", "--no-tags", "--", str(damaged), f"+{ref}:{ref}"))

    def _repair(self) -> None:
        """Make the clone when it is missing or not one, and drop the locks of killed processes."""
        config = self.path / "config"
        if not config.is_file() or not (self.path / "objects").is_dir() or not (self.path / "HEAD").is_file():
            self.make()
        info = (self.path / "objects" / "info").rglob("*.lock")
        for lock in (*self.path.glob("*.lock"), *(self.path / "refs").rglob("*.lock"), *info):
            lock.unlink(missing_ok=True)
        # Written beside its lock, and never again where it is left.
        (self.path / "packed-refs.new").unlink(missing_ok=True)

    def make(self) -> None:
        """Make an empty clone, in the place of whatever is there."""
        _remove(self.path)
        for directory in ("objects/info", "objects/pack", "refs/heads"):
            (self.path / directory).mkdir(parents=True)
        for directory in ("objects", "objects/info", "objects/pack"):
            (self.path / directory).chmod(0o755)
        (self.path / "HEAD").write_text("ref: refs/heads/none\n")
        draft = self.path / "config.new"
        draft.touch(mode=0o600)
        draft.write_text(_CONFIG)
        # In the file, where other users of the machine cannot read it, as it may hold a password.
        self._git.run("config", "--file", str(draft), "remote.origin.url", self._remote.address)
        # All at once and last: without a configuration the clone counts as missing.
        draft.replace(self.path / "config")
        self._store_empty_tree()

    def tidy(self) -> None:
        """Drop what killed processes left, and pack the objects when there are too many.

        Nothing depends on it: when git cannot, the clone stays as it is.
        """
        self._repair()
        for suffix in (_FRESH, _DAMAGED):
            _remove(self.path.with_suffix(suffix))
        for path in _older_than(2 * self._timeout, self.path, _LEFT_BEHIND):
            path.unlink(missing_ok=True)
        Git(self.path, _LONGEST, settings=_CRAMPED).call("gc", "--auto", "--quiet")
        self._store_empty_tree()

    def _store_empty_tree(self) -> None:
        """Write what git knows by heart and never writes itself: a lock's commit without it looks damaged."""
        self._git.call("hash-object", "-w", "-t", "tree", "/dev/null")


def _older_than(seconds: float, directory: Path, patterns: Iterable[str]) -> list[Path]:
    then = time.time() - seconds
    found = (path for pattern in patterns for path in directory.glob(pattern))
    return [path for path in found if path.is_file() and path.stat().st_mtime < then]


def _remove(directory: Path) -> None:
    if directory.exists():
        scratch.remove(directory)
