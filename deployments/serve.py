"""Run the deployments by one process on this machine."""

import os
from pathlib import Path

from prefect import serve

from deployments.definitions import ENVIRONMENT, make_deployments
from deployments.failed import failed_items
from tasks_lib.config import RunConfig


def serve_backlog(config: RunConfig, file: Path) -> None:
    """Register the deployments and run what is scheduled or started from the UI, until this process ends."""
    os.environ.update(ENVIRONMENT)
    serve(*make_deployments(config, file, failed_items(config)))
