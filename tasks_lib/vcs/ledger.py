"""The tracking file on its branch: read at the newest tip, written as an edit of the newest tip."""

from collections.abc import Callable, Mapping
from functools import partial
from uuid import uuid4

from tasks_lib.backlog import edit_backlog, parse_backlog
from tasks_lib.backlog.model import Backlog, ItemId
from tasks_lib.config import RunConfig
from tasks_lib.errors import PushRefused, RemoteUnavailable, TrackingFileLost
from tasks_lib.ports import Edits
from tasks_lib.vcs.mirror import Mirror
from tasks_lib.vcs.names import branches_of
from tasks_lib.vcs.push import Pusher, PushState
from tasks_lib.vcs.tries import tries

STATUS_TRAILER = "Operation"
"""What tells the commits of runs, which are held to what is promised of them."""

REQUEST_TRAILER = "Request"
"""What tells the commits that are made for a person, who may do anything to the file."""

_REGULAR = "100644"
_KINDS = {
    "100755": "an executable file",
    "120000": "a symbolic link",
    "040000": "a directory",
    "160000": "a submodule",
}

# The newest tip that a run has seen, by clone, branch and run: what comes later must descend from it.
_seen: dict[tuple[str, str, str], str] = {}


class GitLedger:
    """The ledger of one run; ``run_id`` goes into the commits as a trailer.

    Any number of instances may be used at once, from any thread: writing is done by one at a time. Those
    with the same ``run_id`` stand together against a rewritten history; one without is on its own.
    What it writes goes through ``pusher``, the lock of the run. ``trailer`` names each entry in its commit.
    """

    def __init__(
        self,
        config: RunConfig,
        *,
        run_id: str = "",
        pusher: Pusher | None = None,
        trailer: str = STATUS_TRAILER,
    ) -> None:
        self._mirror = Mirror(config)
        self._pusher = pusher or self._mirror
        self._branch = config.tracking_branch
        self._path = config.tracking_file
        self._branches = branches_of(config)
        self._budget = config.push_budget
        self._run_id = run_id
        self._trailer = trailer
        self._seen = _seen if run_id else {}

    def read(self) -> Backlog:
        """Return the newest backlog; see ``ports.Ledger``."""
        return parse_backlog(self._mirror.mended(lambda: self._text(self._newest())), self._branches)

    def record(self, edit: Callable[[Backlog], Edits], subject: str, item: ItemId | None = None) -> Backlog:
        """Apply an edit to the newest backlog and push it as one commit; see ``ports.Ledger``.

        ``edit`` may be called again, each time with a newer backlog; it must look at that one alone. When it
        returns nothing, or nothing new, there is no commit.

        Raise what ``edit`` raises, ``BacklogError``, ``RemoteUnavailable`` when ``push_budget`` seconds did
        not suffice, ``PushRefused``, ``TrackingFileLost``, or ``LockError`` when another run may write.
        """
        operation = uuid4().hex
        message = _message(subject, {"Item": item or "", "Run": self._run_id, self._trailer: operation})
        with self._mirror.locked("ledger"):
            why = ""
            for retry in tries(self._budget):
                try:
                    attempt = partial(self._try, edit, message, operation if retry else "")
                    pushed, why = self._mirror.mended(attempt)
                except RemoteUnavailable as error:
                    why = str(error)
                    continue
                if pushed is not None:
                    return parse_backlog(pushed, self._branches)
        raise RemoteUnavailable(
            f"gave up after {self._budget:g} s of trying to record {subject!r} (operation {operation}): {why}"
        )

    def _try(
        self, edit: Callable[[Backlog], Edits], message: str, operation: str
    ) -> tuple[bytes | None, str]:
        """Make one try on the newest tip; give the file as it is then on the remote, or why it is not."""
        tip = self._newest()
        text = self._text(tip)
        landed = self._landed(operation, tip) if operation else ""
        if landed:
            # The file as that commit left it: what people wrote since is not this operation's.
            return self._text(landed), ""
        edits = edit(parse_backlog(text, self._branches))
        new = edit_backlog(text, edits, add_columns=True) if edits else text
        if new == text:
            return text, ""
        commit = self._mirror.commit(self._mirror.replace_file(tip, self._path, new), (tip,), message)
        outcome = self._pusher.push({self._branch: commit})
        if outcome.state is PushState.REFUSED:
            raise PushRefused(f"the remote refuses to take {self._branch}: {outcome.words}")
        if outcome.state is not PushState.ACCEPTED:
            return None, outcome.words
        self._seen[self._key] = commit
        return new, ""

    @property
    def _key(self) -> tuple[str, str, str]:
        return (str(self._mirror.path), self._branch, self._run_id)

    def _newest(self) -> str:
        # Noted before the fetch: what another thread pushes after it is no sign of a rewritten history.
        seen = self._seen.get(self._key)
        self._mirror.fetch()
        tip = self._mirror.tip(self._branch)
        if tip is None:
            raise TrackingFileLost(f"the remote has no branch {self._branch!r} (tracking_branch)")
        if seen and not self._mirror.is_ancestor(seen, tip):
            self._mirror.check_sound()
            raise TrackingFileLost(
                f"the history of {self._branch} was rewritten: {seen} is no longer in it. "
                f"Start a new run when that was meant"
            )
        self._seen[self._key] = tip
        return tip

    def _text(self, tip: str) -> bytes:
        entry = self._mirror.entry(tip, self._path)
        if entry is None:
            raise TrackingFileLost(f"{self._path} is not on {self._branch} at {tip} (tracking_file)")
        if entry.mode != _REGULAR:
            kind = _KINDS.get(entry.mode, f"of mode {entry.mode}")
            raise TrackingFileLost(
                f"{self._path} on {self._branch} is {kind}; it must be a regular file of mode 644"
            )
        return self._mirror.blob(entry.sha)

    def _landed(self, operation: str, tip: str) -> str:
        """Return the operation's commit, if the branch has one: its push may have hidden its success."""
        return self._mirror.git.run(
            *(
                "log",
                "--max-count=1",
                "--fixed-strings",
                f"--grep={self._trailer}: {operation}",
                "--format=%H",
                tip,
            )
        )


def _message(subject: str, trailers: Mapping[str, str]) -> str:
    lines = [f"{name}: {' '.join(value.split())}" for name, value in trailers.items() if value]
    return "\n".join([" ".join(subject.split()), "", *lines, ""])
