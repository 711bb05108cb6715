"""A scheduled deployment of the flow, served by one process on this machine."""

from prefect import serve
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Cron

from flows.run_backlog import run_backlog
from tasks_lib.config import RunConfig


def make_deployment(config: RunConfig, cron: str = "", timezone: str = "UTC") -> RunnerDeployment:
    """Return the deployment ``run-backlog/tasks-md``: one run at a time, a second one is cancelled.

    The limit is a courtesy, so that the UI shows what happens; the lock on the remote is the guarantee.
    """
    return RunnerDeployment.from_flow(
        run_backlog,
        name="tasks-md",
        description=f"{config.tracking_file} on {config.tracking_branch}",
        parameters={"config": config.model_dump(mode="json")},
        schedule=Cron(cron, timezone=timezone) if cron else None,
        concurrency_limit=ConcurrencyLimitConfig(
            limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW
        ),
    )


def serve_backlog(config: RunConfig, cron: str = "", timezone: str = "UTC") -> None:
    """Register the deployment and run what is scheduled or started from the UI, until this process ends."""
    serve(make_deployment(config, cron, timezone))
