"""What the form of ``retry-item`` offers from the beginning."""

from tasks_lib.bootstrap import persons_ledger
from tasks_lib.config import RunConfig
from tasks_lib.engine.retry_form import RetryForm
from tasks_lib.errors import BacklogError, LedgerError


def offer_failed(config: RunConfig) -> None:
    """Offer what has failed by now; nothing while the file cannot be read, as every run looks again."""
    try:
        backlog = persons_ledger(config).read()
    except (BacklogError, LedgerError):
        return
    RetryForm(config).offer(backlog)
