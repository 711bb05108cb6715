"""Run the deployments by one process on this machine."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

from prefect import serve

from deployments.alerts import set_alerts
from deployments.definitions import ENVIRONMENT, make_deployments
from deployments.failed import failed_items
from tasks_lib.config import RunConfig


def serve_backlog(config: RunConfig, file: Path, say: Callable[[str], None]) -> None:
    """Register the deployments and run what is scheduled or started from the UI, until this process ends."""
    os.environ.update(ENVIRONMENT)
    deployments = make_deployments(config, file, failed_items(config))
    # Registered before they are served, because alerts name them.
    set_alerts(config, [asyncio.run(each.aapply()) for each in deployments], say)
    serve(*deployments)
