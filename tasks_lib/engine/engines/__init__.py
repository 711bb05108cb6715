"""Where the items of a run are done, one way a file: the engine of Prefect tasks is a parameter."""

from tasks_lib.engine.engines.opened import engine_of
from tasks_lib.engine.engines.start import Submit

__all__ = ["Submit", "engine_of"]
