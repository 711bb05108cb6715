"""Asking the Prefect server as its UI does."""

import time
from typing import Any

import httpx


def ask(api: httpx.Client, path: str, body: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON
    """Ask again while SQLite is locked: the server answers 503 then, and Prefect's own client retries too."""
    while (answer := api.post(path, json=body)).status_code == httpx.codes.SERVICE_UNAVAILABLE:
        time.sleep(0.5)
    return answer.raise_for_status().json()
