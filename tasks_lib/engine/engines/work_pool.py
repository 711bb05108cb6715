"""Items by the workers of a Prefect work pool: each one is a flow run of its own, on any machine."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from prefect import get_client, get_run_logger, task
from prefect.client.schemas.objects import FlowRun, State
from prefect.exceptions import ObjectNotFound

from tasks_lib.backlog.model import Item, ItemStatus
from tasks_lib.bootstrap import toolbox
from tasks_lib.config import RunConfig
from tasks_lib.engine.engines.errand import awaited, parcel_from, send
from tasks_lib.engine.engines.start import Submit
from tasks_lib.engine.items import state_of
from tasks_lib.engine.links import flow_run_link, item_deployment
from tasks_lib.engine.parameters import untraced
from tasks_lib.engine.parcel import unpacked_result
from tasks_lib.engine.patience import patiently
from tasks_lib.engine.progress import Future
from tasks_lib.errors import ConfigError, RunStopped
from tasks_lib.ports import Ending, Lock, Outcome, Usage

_TRIES = 2
"""How often an item's flow run is started when its process, or the worker, dies."""

_ENDED = {
    ItemStatus.DONE: Ending.DONE,
    ItemStatus.FAILED: Ending.FAILED,
    ItemStatus.BLOCKED: Ending.BLOCKED,
}
"""What a row says that needs nobody any more."""


@contextmanager
def work_pool(config: RunConfig, run_id: str, lock: Lock) -> Iterator[Submit]:
    """Start items as flow runs; raise ``ConfigError`` where nothing is deployed for them."""
    name, token = item_deployment(config), lock.token
    with get_client(sync_client=True) as client:
        try:
            client.read_deployment_by_name(name)
        except ObjectNotFound:
            raise ConfigError(
                f"the Prefect server has no deployment {name}, which the workers of a pool need: "
                f"`tasks-md deploy` makes it"
            ) from None

    def submit(item: Item, after: Sequence[object]) -> Future:
        return send_item.submit(
            untraced(item), untraced(config), run_id, token, return_state=False, wait_for=after
        )

    yield submit


@task(task_run_name="{item.id}")
def send_item(item: Item, config: RunConfig, run_id: str, token: str) -> State[Outcome]:
    """Let a worker do one item, and end as its flow run ended.

    One that died is started once more, and goes on from the row as it stands. Raise ``RunStopped`` or
    ``RemoteUnavailable`` when the item could not begin: nothing was written then.
    """
    tools, say = toolbox(config, run_id), get_run_logger().info
    for _ in range(_TRIES):
        sent = send(item, config, run_id, token)
        say(f"{item.id}: {flow_run_link(str(sent.id)) or sent.id} waits for a worker of {config.item_pool}")
        ended = awaited(sent, tools.leash)
        parcel = patiently(partial(parcel_from, ended), config.patience, config.poll, tools.leash)
        if parcel:
            return state_of(unpacked_result(parcel), _words(ended))
        item = tools.ledger.read()[item.id]
        if item.status in _ENDED or not (ended.state and ended.state.is_crashed()):
            break
    return lost(item, ended)


def lost(item: Item, ended: FlowRun) -> State[Outcome]:
    """Return the state of an item whose flow run left no word: what its row says, or that it is lost.

    The run itself writes the row then. Raise ``RunStopped`` when the item never began.
    """
    if item.status in _ENDED:
        used = Usage(output=item.used or 0)
        return state_of(Outcome(item.id, _ENDED[item.status], notes=item.notes, usage=used))
    words = f"its flow run {ended.id} has ended: {_words(ended)}"
    if item.status is ItemStatus.NOT_STARTED:
        raise RunStopped(f"{item.id} could not begin: {words}")
    ending = Ending.GIVEN_BACK if ended.state and ended.state.is_cancelled() else Ending.FAILED
    return state_of(Outcome(item.id, ending, notes=words, row=item), words)


def _words(ended: FlowRun) -> str:
    return f"{ended.state.name}: {ended.state.message}" if ended.state else ""
