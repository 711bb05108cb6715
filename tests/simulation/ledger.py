"""Reading and writing the tracking file as ``tasks_lib.vcs.ledger`` does it, step by step."""

from collections.abc import Callable, Iterator

from tasks_lib.backlog import edit_backlog
from tasks_lib.backlog.model import Backlog
from tasks_lib.errors import RemoteUnavailable, TrackingFileLost
from tasks_lib.ports import Edits
from tasks_lib.vcs.push import PushState
from tests.simulation.fence import BUDGET, Fence, Turn
from tests.simulation.remote import MAIN, commit
from tests.simulation.text import read
from tests.simulation.world import IDLE, Steps

Edit = Callable[[Backlog], Edits]


class Ledger:
    """The ledger of one process."""

    def __init__(self, fence: Fence) -> None:
        self.fence = fence
        self.link = fence.link
        self.world = fence.world
        self._turn = Turn()
        self._seen = ""
        self._operations = 0

    def read(self) -> Steps[Backlog]:
        """Return the newest backlog."""
        tip = yield from self.newest()
        return read(self.text(tip))

    def record(self, edit: Edit, subject: str) -> Steps[Backlog]:
        """Apply an edit to the newest backlog and push it as one commit, again on every newer tip."""
        yield from self._turn.wait()
        try:
            self._operations += 1
            operation = f"{self.fence.process.name}, {self._operations}"
            return (yield from self._tries(edit, subject, operation))
        finally:
            self._turn.over()

    def _tries(self, edit: Edit, subject: str, operation: str) -> Steps[Backlog]:
        for retry in tries(self.fence):
            if retry:
                yield IDLE, self.world.random.uniform(0, min(2, 0.05 * 2**retry))
            try:
                pushed = yield from self.attempt(edit, subject, operation, retry)
            except RemoteUnavailable:
                continue
            if pushed is not None:
                return read(pushed)
        raise RemoteUnavailable(f"gave up trying to record {subject!r}")

    def attempt(self, edit: Edit, subject: str, operation: str, retry: int) -> Steps[bytes | None]:
        """Make one try on the newest tip; return the file as it is then on the remote, None for another."""
        tip = yield from self.newest()
        text = self.text(tip)
        landed = self.landed(operation, tip) if retry else None
        if landed:
            return self.text(landed)
        new = self.changed(text, edit)
        if new == text:
            return text
        return (yield from self.write(tip, new, subject, operation))

    def write(self, tip: str, new: bytes, subject: str, operation: str) -> Steps[bytes | None]:
        """Push a text on top of a tip; return it when that is done."""
        run = self.fence.process.name
        made = commit((tip,), subject, self.world.now, text=new, operation=operation, run=run)
        outcome = yield from self.fence.push({MAIN: self.link.remote.add(made)})
        if outcome.state is not PushState.ACCEPTED:
            return None
        self._seen = made.sha
        return new

    def changed(self, text: bytes, edit: Edit) -> bytes:
        """Return the text with an edit applied; raise what forbids it."""
        edits = edit(read(text))
        return edit_backlog(text, edits, add_columns=True) if edits else text

    def newest(self) -> Steps[str]:
        """Fetch; return the tip of the tracking branch."""
        seen = self._seen
        refs = yield from self.link.fetch()
        tip = refs[MAIN]
        if seen and not self.link.remote.is_ancestor(seen, tip):
            raise TrackingFileLost("the history was rewritten")
        self._seen = tip
        return tip

    def text(self, tip: str) -> bytes:
        """Return the tracking file at a tip."""
        text = self.link.remote.commits[tip].text
        if text is None:
            raise TrackingFileLost("the tracking file is gone")
        return text

    def landed(self, operation: str, tip: str) -> str | None:
        """Return the commit of that operation when it is on the branch."""
        return next((each.sha for each in self.link.remote.line(tip) if each.operation == operation), None)


def tries(fence: Fence) -> Iterator[int]:
    """Count tries until the budget of time is used up."""
    end = fence.machine.monotonic() + BUDGET
    count = 0
    while count == 0 or fence.machine.monotonic() < end:
        yield count
        count += 1
