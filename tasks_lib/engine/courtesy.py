"""What is shown to people is a courtesy: where the Prefect server does not take it, the work goes on."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.exceptions import PrefectException
from prefect.logging import get_logger
from prefect.settings import PREFECT_CLIENT_MAX_RETRIES, temporary_settings

PATIENCE = httpx.Timeout(10.0, connect=2.0)
"""How many seconds a server may take to answer, and to be there at all."""


@contextmanager
def asking(what: str) -> Iterator[SyncPrefectClient]:
    """Give a client for a ``courtesy``, and soon give up where no server is.

    The client is a new one: the run's own has reached its server before and so waits for it to come back.
    """
    with courtesy(what), get_client(sync_client=True, httpx_settings={"timeout": PATIENCE}) as client:
        yield client


@contextmanager
def courtesy(what: str) -> Iterator[None]:
    """Do something that no item may fail of (an artifact, a form, an event); only log that it failed.

    ``what`` says what was to be done, as in "could not ...". A server that is away, busy or of another mind
    is all that is forgiven: our own mistakes are not. It is asked twice at most: Prefect's client would go on
    asking for a minute.
    """
    try:
        with temporary_settings({PREFECT_CLIENT_MAX_RETRIES: 1}):
            yield
    except (httpx.HTTPError, PrefectException, OSError) as error:
        words = " ".join(str(error).split())[:300] or type(error).__name__
        get_logger("tasks_md").warning("Could not %s: %s. The work goes on.", what, words)
