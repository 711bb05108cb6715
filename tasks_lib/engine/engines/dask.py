"""Items on a Dask cluster: one in the run's own process, or one that is there already."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from prefect import Task, task
from prefect.client.schemas.objects import State

from tasks_lib.backlog.model import Item
from tasks_lib.config import RunConfig
from tasks_lib.engine.engines.start import Submit
from tasks_lib.engine.engines.visit import visit
from tasks_lib.engine.items import do_item
from tasks_lib.engine.progress import Future
from tasks_lib.errors import ConfigError
from tasks_lib.ports import Lock, Outcome


@contextmanager
def dask(config: RunConfig, run_id: str, lock: Lock) -> Iterator[Submit]:
    """Start items on the cluster; raise ``ConfigError`` where the extra is not installed."""
    token = lock.token if config.engine.address else ""
    with _runner(config) as runner:

        def submit(item: Item, after: Sequence[object]) -> Future:
            future: Future = runner.submit(_task_of(item, config, run_id, token), {}, wait_for=after)
            return future

        yield submit


def _task_of(item: Item, config: RunConfig, run_id: str, token: str) -> Task[[], State[Outcome]]:
    """Return the item's task with all that it needs inside.

    Of parameters Dask makes plain tuples and lists, so that they could not be hidden from Prefect's search.
    """

    @task(name=do_item.name, task_run_name=item.id)
    def errand() -> State[Outcome]:
        return visit(item, config, run_id, token) if token else do_item.fn(item, config, run_id)

    return errand


def _runner(config: RunConfig) -> AbstractContextManager[Any]:
    try:
        from prefect_dask.task_runners import DaskTaskRunner
    except ImportError as error:
        raise ConfigError(
            f'[engine] kind = "dask" needs the extra: pip install "prefect-tasks-md[dask]" ({error})'
        ) from error
    address = config.engine.address
    where = {"address": address} if address else {"cluster_kwargs": _in_this_process(config.max_parallel)}
    runner: AbstractContextManager[Any] = DaskTaskRunner(**where)
    return runner


def _in_this_process(threads: int) -> dict[str, object]:
    """Return the settings of a cluster without other processes, ports, or a memory limit of its own."""
    return {
        "processes": False,
        "n_workers": 1,
        "threads_per_worker": threads,
        "memory_limit": 0,
        "dashboard_address": None,
    }
