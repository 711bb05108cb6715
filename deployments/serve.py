"""Run the deployments by one process on this machine."""

import asyncio
import os
import signal
from collections.abc import Callable
from pathlib import Path

from prefect.runner import Runner

from deployments.alerts import set_alerts
from deployments.definitions import ENVIRONMENT, make_deployments
from deployments.deploy import deploy_items
from deployments.forms import complete_forms
from tasks_lib.config import RunConfig

Say = Callable[[str], None]


class _Runner(Runner):
    """Prefect's runner, stopped in its own event loop.

    At SIGTERM Prefect's (3.8.8) calls ``stop`` there and awaits nothing: it exits at once and kills its runs.
    """

    def handle_sigterm(self, *_signal: object, **_named: object) -> None:
        """End the runs that are at work as a cancellation does, then itself; Ctrl-C now ends all at once."""
        signal.signal(signal.SIGINT, signal.default_int_handler)
        if not self.started:
            raise KeyboardInterrupt
        self.execute_in_background(self.astop)


def serve_backlog(config: RunConfig, file: Path, say: Say) -> None:
    """Register the deployments and run what is scheduled or started from the UI, until Ctrl-C or SIGTERM.

    The rows of runs that are at work then are settled first. Raise ``KeyboardInterrupt`` for both.
    """
    os.environ.update(ENVIRONMENT)
    asyncio.run(_serve(config, file, say))
    raise KeyboardInterrupt


async def _serve(config: RunConfig, file: Path, say: Say) -> None:
    """Do what ``prefect.serve`` does, with form and alerts in between: they need what is registered."""
    runner, deployments = _Runner(), make_deployments(config, file)
    registered = [await runner.aadd_deployment(each) for each in deployments]
    items = await asyncio.to_thread(deploy_items, config, file, say)
    await asyncio.to_thread(complete_forms, config, registered)
    await asyncio.to_thread(set_alerts, config, registered, say, items)
    say(f"serving {', '.join(each.full_name for each in deployments)}")
    signal.signal(signal.SIGINT, runner.handle_sigterm)
    await runner.start()
