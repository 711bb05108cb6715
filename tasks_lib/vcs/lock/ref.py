"""The lock on the remote: a ref whose commit says who holds it.

Its place is outside of the branches where the host allows that (git itself, Gitea since 1.15.1), else a
branch. Where it was once put it stays: runs that looked for it in different places would not see each other.
It is released by a commit that says so and never deleted, so that no name of it ever comes back.
"""

from dataclasses import dataclass, field
from hashlib import sha256

from tasks_lib.backlog.names import LOCK_BRANCHES
from tasks_lib.errors import LedgerError
from tasks_lib.vcs.lock.holder import Holder, parse_holder
from tasks_lib.vcs.mirror import Mirror

_OUTSIDE, _BRANCH = "refs/tasks-md/lock/", f"refs/heads/{LOCK_BRANCHES}/"
_COPIES = {_OUTSIDE: "refs/tasks-md/locks/outside/", _BRANCH: "refs/tasks-md/locks/branch/"}
_EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"


@dataclass(frozen=True, slots=True)
class Seen:
    """The lock at one moment: where it is, the commit that it is, and whom that names.

    ``ref`` and ``sha`` are empty before there ever was one.
    """

    ref: str = ""
    sha: str = ""
    holder: Holder = field(default_factory=Holder)

    @property
    def held(self) -> bool:
        """Whether somebody holds it, dead or alive."""
        return bool(self.sha) and not self.holder.released


class LockRef:
    """The lock of one tracking file: ``branch`` and ``path`` say which."""

    def __init__(self, mirror: Mirror, branch: str, path: str) -> None:
        self._mirror = mirror
        self.what = f"{path} on {branch}"
        self.name = sha256(f"{branch}\0{path}".encode()).hexdigest()[:16]
        self.places = (_OUTSIDE + self.name, _BRANCH + self.name)

    def look(self) -> Seen:
        """Ask the remote; raise ``RemoteUnavailable``, or ``LedgerError`` when there are two of it."""
        found = self._mirror.mended(self.places_in_use)
        if len(found) > 1:
            raise LedgerError(
                f"the remote has two locks of {self.what}: {', '.join(seen.ref for seen in found)}. "
                f"When no run is at work, delete one: git push origin :{found[-1].ref}"
            )
        return found[0] if found else Seen()

    def places_in_use(self) -> list[Seen]:
        """Ask the remote for the lock in all its places; more than one of them is a fault."""
        self._mirror.fetch(*(f"+{place}*:{copy}*" for place, copy in _COPIES.items()))
        listing = self._mirror.git.run(
            "for-each-ref",
            "--format=%(refname)%00%(objectname)%00%(contents)%00",
            *(copy + self.name for copy in _COPIES.values()),
        )
        fields = iter(listing.split("\0")[:-1])
        return [
            Seen(self._place(copy.strip()), sha, parse_holder(message))
            for copy, sha, message in zip(fields, fields, fields, strict=True)
        ]

    def _place(self, copy: str) -> str:
        return next(p + self.name for p, c in _COPIES.items() if copy == c + self.name)

    def write(self, holder: Holder, ref: str, old: str) -> str:
        """Return a commit that names the holder, to be put at ``ref`` after ``old``; no ref is moved."""
        # Hosts take a branch only forward; elsewhere a chain of all signs of life would serve nobody.
        parents = (old,) if old and ref.startswith(_BRANCH) else ()
        return self._mirror.commit(_EMPTY_TREE, parents, holder.message(self.what))
