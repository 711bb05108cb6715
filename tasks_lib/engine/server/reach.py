"""Whether the configured Prefect server can be used. Apart from ``api``, which does not load Prefect."""

import os

import httpx
from prefect.client.orchestration import get_client
from prefect.settings import PREFECT_API_URL, PREFECT_CLIENT_MAX_RETRIES, temporary_settings

from tasks_lib.errors import TasksMdError

_AWAY = """the Prefect server at {address} cannot be used: {why}
It is named by {origin}.
Start it (`prefect server start`), or correct the address (it ends in /api), or take the setting away
(`{mend}`): run, retry and serve start a server of their own then."""


def check_api(address: str) -> None:
    """Make sure that a Prefect server answers at the configured address, and that it knows who asks.

    Raise ``TasksMdError`` with what was tried and how to mend it otherwise.
    """
    settings = {PREFECT_API_URL: address, PREFECT_CLIENT_MAX_RETRIES: 1}
    try:
        with (
            temporary_settings(settings),
            get_client(sync_client=True, httpx_settings={"timeout": 10}) as client,
        ):
            client.read_flows(limit=1)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise TasksMdError(_words(address, error)) from error


def _words(address: str, error: Exception) -> str:
    why = next(iter(str(error).splitlines()), type(error).__name__)
    if os.environ.get("PREFECT_API_URL"):
        origin, mend = "PREFECT_API_URL in the environment", "unset PREFECT_API_URL"
    else:
        origin, mend = "Prefect's active profile", "prefect config unset PREFECT_API_URL"
    return _AWAY.format(address=address, why=why, origin=origin, mend=mend)
