"""Register the deployments with a server, to be run by workers of a process work pool."""

import asyncio
from collections.abc import Callable, Collection
from pathlib import Path
from uuid import UUID

from prefect import get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.deployments.runner import RunnerDeployment
from prefect.exceptions import ObjectNotFound
from prefect.workers.process import ProcessWorker

from deployments.alerts import set_alerts
from deployments.definitions import ENVIRONMENT, make_deployments, make_item_deployment
from deployments.forms import complete_forms
from tasks_lib.config import RunConfig


def deploy_backlog(config: RunConfig, file: Path, say: Callable[[str], None]) -> None:
    """Register the deployments, and make the work pool where there is none; what is there is updated."""
    registered = _register(make_deployments(config, file), config.deployments.work_pool, say)
    complete_forms(config, registered)
    set_alerts(config, registered, say, deploy_items(config, file, say))


def deploy_items(config: RunConfig, file: Path, say: Callable[[str], None]) -> Collection[UUID]:
    """Register what does single items, where the engine is a work pool; return the ids of it."""
    if not config.item_pool:
        return ()
    return _register((make_item_deployment(config, file),), config.item_pool, say)


def _register(deployments: Collection[RunnerDeployment], pool: str, say: Callable[[str], None]) -> list[UUID]:
    if _make_pool(pool):
        say(f"made the work pool {pool}")
    registered = []
    for deployment in deployments:
        deployment.job_variables = {"env": ENVIRONMENT}
        registered.append(asyncio.run(deployment.aapply(work_pool_name=pool)))
        say(f"registered {deployment.full_name}")
    return registered


def _make_pool(name: str) -> bool:
    """Make a process work pool; return False where there is a pool of that name, of whatever kind."""
    with get_client(sync_client=True) as client:
        try:
            client.read_work_pool(name)
        except ObjectNotFound:
            template = ProcessWorker.get_default_base_job_template()
            client.create_work_pool(
                WorkPoolCreate(name=name, type=ProcessWorker.type, base_job_template=template)
            )
            return True
    return False
