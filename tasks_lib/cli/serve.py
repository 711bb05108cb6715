"""``tasks-md serve``: run the backlog on a schedule and from the Prefect UI, with this process as runner."""

from argparse import ArgumentParser, Namespace
from contextlib import suppress
from importlib import import_module

from tasks_lib.cli.deploy import add_schedule, scheduled
from tasks_lib.cli.files import say
from tasks_lib.cli.run import add_config, config_with_remote, prefect_server


def add_arguments(parser: ArgumentParser) -> None:
    """Declare what ``serve`` takes."""
    add_config(parser)
    add_schedule(parser)


def run(arguments: Namespace) -> int:
    """Serve until Ctrl-C or SIGTERM; the runs are on this machine, so its sandbox is tried first."""
    from tasks_lib.bootstrap import check_sandbox

    config = scheduled(config_with_remote(arguments.config), arguments)
    check_sandbox(config)
    with suppress(KeyboardInterrupt), prefect_server(config.state_dir / "prefect") as address:
        print(f"Prefect UI: {address}/deployments", flush=True)
        # By its import path, as in run: the library does not stand on the deployments.
        import_module("deployments.serve").serve_backlog(config, arguments.config, say)
    return 0
