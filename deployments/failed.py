"""What the tracking file says of failures at the time of deploying."""

from tasks_lib.backlog.model import Item
from tasks_lib.bootstrap import persons_ledger
from tasks_lib.config import RunConfig
from tasks_lib.errors import BacklogError, LedgerError
from tasks_lib.planning.again import retriable


def failed_items(config: RunConfig) -> tuple[Item, ...]:
    """Return the failed and blocked items; none while the file cannot be read: every run looks again."""
    try:
        return retriable(persons_ledger(config).read())
    except (BacklogError, LedgerError):
        return ()
