"""Run the deployments by one process on this machine."""

import asyncio
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from prefect.deployments.runner import RunnerDeployment
from prefect.exceptions import TerminationSignal
from prefect.runner import Runner

from deployments.alerts import set_alerts
from deployments.definitions import ENVIRONMENT, make_deployments
from deployments.failed import offer_failed
from tasks_lib.config import RunConfig

Say = Callable[[str], None]


def serve_backlog(config: RunConfig, file: Path, say: Say) -> None:
    """Register the deployments and run what is scheduled or started from the UI, until this process ends."""
    os.environ.update(ENVIRONMENT)
    with suppress(KeyboardInterrupt, TerminationSignal):
        asyncio.run(_serve(config, make_deployments(config, file), say))


async def _serve(config: RunConfig, deployments: Sequence[RunnerDeployment], say: Say) -> None:
    """Do what ``prefect.serve`` does, with form and alerts in between: they need what is registered."""
    runner = Runner()
    registered = [await runner.aadd_deployment(each) for each in deployments]
    await asyncio.to_thread(offer_failed, config)
    await asyncio.to_thread(set_alerts, config, registered, say)
    say(f"serving {', '.join(each.full_name for each in deployments)}")
    await runner.start()
