"""An item in another process than that of its run."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

from prefect.client.schemas.objects import State
from prefect.exceptions import TerminationSignal

from tasks_lib.backlog.model import Item, ItemId
from tasks_lib.bootstrap import toolbox
from tasks_lib.config import RunConfig
from tasks_lib.engine.interruption import is_over
from tasks_lib.engine.items import do_item
from tasks_lib.engine.parameters import untraced
from tasks_lib.engine.progress import result_of
from tasks_lib.engine.publishing.publisher import flush_pages
from tasks_lib.engine.secrets import take_secrets
from tasks_lib.errors import BacklogError, LedgerError, LockError
from tasks_lib.ports import Outcome, Toolbox

_LOOK = 5.0
"""Seconds between two looks whether a person has cancelled the run."""


def visit(item: Item, config: RunConfig, run_id: str, token: str) -> State[Outcome]:
    """Do one item of the run that gave the token, inside of a task of its own; see ``do_item``.

    Raise ``LockError`` when that run does not hold the lock any more.
    """
    with visiting(config, run_id, token, item.id):
        return do_item.fn(item, config, run_id, token)


def visit_until_ended(
    item: Item, config: RunConfig, run_id: str, token: str
) -> tuple[State[Outcome], object]:
    """Do one item inside of a flow run of its own; return its final state, and what it returned or raised.

    The first SIGTERM, by which a worker cancels, ends the agent and settles the row. Raise ``LockError`` when
    the run that gave the token does not hold the lock any more.
    """
    with visiting(config, run_id, token, item.id) as tools:
        future = do_item.submit(untraced(item), untraced(config), run_id, token, return_state=False)
        try:
            future.wait()
        except (KeyboardInterrupt, TerminationSignal):
            tools.leash.stop.set()
            future.wait()
        return future.state, result_of(future)


@contextmanager
def visiting(config: RunConfig, run_id: str, token: str, item: ItemId) -> Iterator[Toolbox]:
    """Give what an item is done with, and end its work where its run ends it; send all pages before leaving.

    The run is watched where everybody can see it: its state on the Prefect server, its lock and the item's
    row on the remote. Raise ``LockError`` when the run that gave the token does not hold the lock any more.
    """
    take_secrets(config)
    tools = toolbox(config, run_id, token)
    with (
        _repeated(_LOOK, lambda: _stop_with(run_id, tools)),
        _repeated(config.poll, lambda: _look_at_remote(tools, token, item)),
    ):
        try:
            yield tools
        finally:
            flush_pages()


def _stop_with(run_id: str, tools: Toolbox) -> None:
    """End the work when the run is cancelled, or dead."""
    if is_over(run_id):
        tools.leash.stop.set()


def _look_at_remote(tools: Toolbox, token: str, item: ItemId) -> None:
    """End the work when the run has lost the lock, or a person has removed the row."""
    try:
        tools.lock.join(token)
        if item not in tools.ledger.read():
            tools.leash.drop(item)
    except LockError:
        tools.leash.stop.set()
    except (LedgerError, BacklogError):
        # That may pass; whoever writes next says what is wrong.
        return


@contextmanager
def _repeated(every: float, action: Callable[[], None]) -> Iterator[None]:
    """Do something in a thread of its own, so many seconds apart, until the end of the block."""
    over = Event()

    def repeat() -> None:
        while not over.wait(every):
            action()

    thread = Thread(target=repeat, name="visit", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
