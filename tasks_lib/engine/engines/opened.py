"""The engine that a configuration names, for the time of a run."""

from contextlib import AbstractContextManager

from tasks_lib.config import RunConfig
from tasks_lib.engine.engines.dask import dask
from tasks_lib.engine.engines.start import Submit
from tasks_lib.engine.engines.threads import threads
from tasks_lib.engine.engines.work_pool import work_pool
from tasks_lib.ports import Lock

_ENGINES = {"threads": threads, "dask": dask, "work-pool": work_pool}


def engine_of(config: RunConfig, run_id: str, lock: Lock) -> AbstractContextManager[Submit]:
    """Give the way to start items in this flow run, inside of ``lock.exclusive()``.

    Raise ``ConfigError`` when something is missing that the engine needs.
    """
    return _ENGINES[config.engine.kind](config, run_id, lock)
