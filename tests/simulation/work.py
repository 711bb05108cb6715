"""The branches of items and their way into the integration branch, as ``tasks_lib.vcs.workspaces`` has it."""

from collections.abc import Mapping
from dataclasses import dataclass

from tasks_lib.backlog.model import Item
from tasks_lib.errors import MergeConflict, RemoteUnavailable
from tasks_lib.vcs.push import PushOutcome, PushState
from tests.simulation.fence import Fence, Turn
from tests.simulation.ledger import tries
from tests.simulation.remote import INTEGRATION, Commit, Remote, commit
from tests.simulation.world import IDLE, Steps

_CONFLICT = 0.02
"""How likely it is that two items touch the same lines."""


@dataclass
class Workspace:
    """A checkout: its branch, and the commit that it stands at."""

    branch: str
    head: str


def branch_of(item: Item) -> str:
    return item.branch or f"tasks-md/{item.id}"


def merge_of(remote: Remote, tip: str, item: str) -> Commit | None:
    """Return the newest merge of an item in the line of an integration tip."""
    return next((each for each in remote.line(tip) if each.item == item), None)


class Workspaces:
    """Checkouts of one process."""

    def __init__(self, fence: Fence) -> None:
        self.fence = fence
        self.link = fence.link
        self.remote = fence.link.remote
        self.world = fence.world
        self._turn = Turn()

    def open(self, item: Item) -> Steps[Workspace]:
        """Check the item's branch out, with everything merged in that is integrated."""
        refs = yield from self.link.fetch()
        branch = branch_of(item)
        tip, integration = refs.get(branch), refs[INTEGRATION]
        if tip is None or self.remote.is_ancestor(tip, integration):
            return Workspace(branch, integration)
        if self.remote.is_ancestor(integration, tip):
            return Workspace(branch, tip)
        return Workspace(branch, self._commit((tip, integration), f"Merge into {branch}"))

    def do(self, workspace: Workspace, item: Item) -> str:
        """Leave a commit of an agent's work; return it."""
        workspace.head = self._commit((workspace.head,), f"fix({item.id})")
        return workspace.head

    def _commit(self, parents: tuple[str, ...], subject: str, item: str = "") -> str:
        run = self.fence.process.name
        return self.remote.add(commit(parents, subject, self.world.now, run=run, item=item))

    def publish(self, item: Item, workspace: Workspace) -> Steps[str]:
        """Push the branch and its merge, both or neither; return the item's commit."""
        yield from self._turn.wait()
        try:
            for retry in tries(self.fence):
                if retry:
                    yield IDLE, self.world.random.uniform(0, min(2, 0.05 * 2**retry))
                try:
                    if (yield from self._try(item, workspace)):
                        return workspace.head
                except RemoteUnavailable:
                    continue
        finally:
            self._turn.over()
        raise RemoteUnavailable(f"gave up pushing {workspace.branch}")

    def _try(self, item: Item, workspace: Workspace) -> Steps[bool]:
        refs = yield from self.link.fetch()
        found = merge_of(self.remote, refs[INTEGRATION], item.id)
        if found and found.parents[1] == workspace.head:
            return True
        return self.judged((yield from self.fence.push(self._merged(item, workspace, refs))))

    def judged(self, outcome: PushOutcome) -> bool:
        """Tell whether a push was it; for everything else there is another try."""
        return outcome.state is PushState.ACCEPTED

    def _merged(self, item: Item, workspace: Workspace, refs: Mapping[str, str]) -> Mapping[str, str]:
        """Return the refs to push: the item's branch, and the integration branch with it."""
        tip, integration = refs.get(workspace.branch), refs[INTEGRATION]
        if tip and not self.remote.is_ancestor(tip, workspace.head):
            workspace.head = self._commit((workspace.head, tip), "Merge what somebody pushed")
            raise MergeConflict(f"somebody pushed to {workspace.branch} meanwhile")
        if self.world.likely(_CONFLICT):
            raise MergeConflict("conflicts in: src/app.py")
        merge = self._commit((integration, workspace.head), f"Merge {item.id}", item.id)
        return {workspace.branch: workspace.head, INTEGRATION: merge}

    def integrated(self, item: Item) -> Steps[str | None]:
        """Return the commit of an item that the integration branch holds already."""
        refs = yield from self.link.fetch()
        found = merge_of(self.remote, refs[INTEGRATION], item.id)
        return found.parents[1] if found else None
