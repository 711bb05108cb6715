"""What every engine gives."""

from collections.abc import Callable, Sequence

from tasks_lib.backlog.model import Item
from tasks_lib.engine.progress import Future

Submit = Callable[[Item, Sequence[object]], Future]
"""Starts an item, and draws its edges: see ``progress.edge_from``."""
