"""The deployments of a backlog, as ``tasks-md deploy`` and ``tasks-md serve`` register them."""

from pathlib import Path
from typing import Any

from prefect import Flow
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.client.schemas.schedules import CronSchedule
from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Cron, Schedule
from prefect.types.entrypoint import EntrypointType
from pydantic import ValidationError

from flows.check_backlog import check_backlog
from flows.do_item import do_item
from flows.retry_item import retry_item
from flows.run_backlog import run_backlog
from tasks_lib.config import RunConfig
from tasks_lib.errors import ConfigError

HEARTBEAT_SECONDS = 30
"""How often a run gives a sign of life; Prefect's own 180 s would let a dead one stand for minutes."""

ENVIRONMENT = {"PREFECT_FLOWS_HEARTBEAT_FREQUENCY": str(HEARTBEAT_SECONDS)}
"""What the process of every run has to have in its environment."""


def make_deployments(config: RunConfig, file: Path) -> tuple[RunnerDeployment, ...]:
    """Return the deployments of the backlog that a configuration file describes.

    The limit of one run at a time is a courtesy, so that the UI shows what happens; the lock on the remote is
    the guarantee.
    """
    one_at_a_time = ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW)
    return (
        _deployment(run_backlog, config, file, cron=config.deployments.cron, limit=one_at_a_time),
        _deployment(retry_item, config, file),
        _deployment(check_backlog, config, file, cron=config.deployments.check_cron),
    )


def make_item_deployment(config: RunConfig, file: Path) -> RunnerDeployment:
    """Return the deployment by which a run hands its items to the workers of a pool."""
    return _deployment(do_item, config, file)


def _deployment(
    flow: Flow[..., Any],
    config: RunConfig,
    file: Path,
    cron: str = "",
    limit: ConcurrencyLimitConfig | None = None,
) -> RunnerDeployment:
    what = (flow.description or "").partition("\n\nArgs:")[0]
    return RunnerDeployment.from_flow(
        flow,
        name=config.backlog_name,
        description=f"{what}\n\n{config.tracking_file} on {config.tracking_branch}",
        tags=["tasks-md", config.backlog_name],
        parameters={"config": str(file.resolve())},
        schedule=_schedule(cron, config.deployments.timezone) if cron else None,
        concurrency_limit=limit,
        entrypoint_type=EntrypointType.MODULE_PATH,
    )


def _schedule(cron: str, timezone: str) -> Schedule:
    """Return the schedule; raise ``ConfigError`` for what Prefect would not take, in words for a person."""
    try:
        CronSchedule(cron=cron, timezone=timezone)
    except ValidationError as error:
        wrong = "; ".join(each["msg"].removeprefix("Value error, ") for each in error.errors())
        raise ConfigError(f"the schedule (cron and timezone of [deployments]): {wrong}") from error
    return Cron(cron, timezone=timezone)
