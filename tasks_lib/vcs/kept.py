"""Work that waits for a person's approval: on a branch of its own, where nothing else is built on it."""

from tasks_lib.backlog.model import Item
from tasks_lib.errors import PushRefused, RemoteUnavailable
from tasks_lib.ports import Harvest
from tasks_lib.vcs.changes import changes
from tasks_lib.vcs.mirror import Mirror
from tasks_lib.vcs.push import Pusher, PushState
from tasks_lib.vcs.tries import tries

_DIGITS = 16


def kept_branch(item: Item, commit: str) -> str:
    """Return the branch that keeps a commit, named by the first 16 digits of it."""
    return f"tasks-md/waiting/{item.id.lower()}-{commit[:_DIGITS]}"


def keep(item: Item, harvest: Harvest, pusher: Pusher, budget: float) -> str:
    """Push a commit to the branch that keeps it and return that; nothing is merged.

    Raise ``PushRefused``, or ``RemoteUnavailable`` after ``budget`` seconds.
    """
    branch, why = kept_branch(item, harvest.commit), ""
    for _ in tries(budget):
        outcome = pusher.push({branch: harvest.commit})
        if outcome.state is PushState.ACCEPTED:
            return branch
        if outcome.state is PushState.REFUSED:
            raise PushRefused(f"the remote refuses to take {branch}: {outcome.words}")
        why = outcome.words
    raise RemoteUnavailable(f"gave up pushing {branch} after {budget:g} s: {why}")


def take_kept(mirror: Mirror, item: Item, commit: str, branch: str, integration: str) -> Harvest | None:
    """Return the kept work whose commit begins so, meant for ``branch``; None when it is not there any more.

    Its gates have not been asked again.
    """
    tip = mirror.tip(kept_branch(item, commit))
    if tip is None or not tip.startswith(commit):
        return None
    base = mirror.git.run("merge-base", integration, tip)
    files = tuple(change.path for change in changes(mirror, base, tip))
    summary = mirror.git.run("log", "--max-count=1", "--format=%s", tip)
    return Harvest(tip, branch, files, summary[:100] or "(no subject)", base)


def without_kept(mirror: Mirror, item: Item, commit: str) -> dict[str, str]:
    """Return the update that removes the branch of published work; none where it is not there."""
    branch = kept_branch(item, commit)
    return {branch: ""} if mirror.tip(branch) == commit else {}
