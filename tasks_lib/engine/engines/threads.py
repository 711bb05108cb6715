"""Items on threads of the run's own process."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from tasks_lib.backlog.model import Item
from tasks_lib.config import RunConfig
from tasks_lib.engine.engines.start import Submit
from tasks_lib.engine.items import do_item
from tasks_lib.engine.parameters import untraced
from tasks_lib.engine.progress import Future
from tasks_lib.ports import Lock


@contextmanager
def threads(config: RunConfig, run_id: str, _lock: Lock) -> Iterator[Submit]:
    """Start items on the flow's own task runner."""

    def submit(item: Item, after: Sequence[object]) -> Future:
        given = untraced(item), untraced(config), run_id, untraced("")  # a default would be searched as well
        return do_item.submit(*given, return_state=False, wait_for=after)

    yield submit
