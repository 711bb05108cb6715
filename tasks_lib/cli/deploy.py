"""``tasks-md deploy``: register the deployments with a Prefect server, for workers to run."""

from argparse import ArgumentParser, Namespace
from importlib import import_module
from typing import TYPE_CHECKING

from tasks_lib.cli.files import UsageError, say
from tasks_lib.cli.run import add_config, config_with_remote, configured_server

if TYPE_CHECKING:
    from tasks_lib.config import RunConfig

_NO_SERVER = """\
no Prefect server is configured to deploy to. Start one and name it:
  prefect server start
  export PREFECT_API_URL=http://127.0.0.1:4200/api
or use `tasks-md serve`, which starts one of its own."""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare what ``deploy`` takes."""
    add_config(parser)
    add_schedule(parser)


def add_schedule(parser: ArgumentParser) -> None:
    """Declare ``--cron`` and ``--timezone``."""
    parser.add_argument(
        "--cron", help="when to run, e.g. '0 22 * * 1-5' (deployments.cron of the configuration)"
    )
    parser.add_argument(
        "--timezone", help="time zone of the schedules, e.g. Europe/Berlin (deployments.timezone)"
    )


def scheduled(config: "RunConfig", arguments: Namespace) -> "RunConfig":
    """Return the configuration with the schedule that the command names."""
    named = {"cron": arguments.cron, "timezone": arguments.timezone}
    update = {key: value for key, value in named.items() if value is not None}
    return config.model_copy(update={"deployments": config.deployments.model_copy(update=update)})


def run(arguments: Namespace) -> int:
    """Deploy, and say how a worker is started."""
    config = scheduled(config_with_remote(arguments.config), arguments)
    if not configured_server():
        raise UsageError(_NO_SERVER)
    # By its import path, as in run: the library does not stand on the deployments.
    import_module("deployments.deploy").deploy_backlog(config, arguments.config, say)
    say(f"Runs need a worker on this machine: prefect worker start --pool {config.deployments.work_pool}")
    if config.item_pool:
        say(f"Items need workers, on any machines: prefect worker start --pool {config.item_pool}")
    return 0
