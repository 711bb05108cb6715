"""The flow run of one item, seen from its run: sent, waited for, cancelled, and what it brought back."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast
from uuid import UUID

import httpx
from prefect import get_client
from prefect.client.schemas.objects import FlowRun
from prefect.deployments import run_deployment
from prefect.exceptions import PrefectException, PrefectHTTPStatusError
from prefect.states import Cancelling

from tasks_lib.backlog.model import Item
from tasks_lib.config import RunConfig
from tasks_lib.config.terms import Terms
from tasks_lib.engine.courtesy import asking
from tasks_lib.engine.links import item_deployment
from tasks_lib.engine.parcel import Parcel, packed, packed_result
from tasks_lib.errors import RemoteUnavailable, RunStopped, TasksMdError
from tasks_lib.ports import Leash, Outcome

_KEY = "outcome"
"""What the result of an item is called among the inputs of its flow run: data that flow runs exchange."""

_LOOK = 2.0
"""Seconds between two looks whether an item has ended."""

_GRACE = 120.0
"""Seconds for a flow run that is cancelled to settle its row."""


def send(item: Item, config: RunConfig, run_id: str, token: str) -> FlowRun:
    """Start the flow run of an item; raise ``RemoteUnavailable`` when the Prefect server does not take it."""
    with _server():
        sent = run_deployment(
            item_deployment(config),
            parameters={
                "item": packed(item),
                "run": run_id,
                "token": token,
                "terms": Terms.of(config).model_dump(mode="json"),
            },
            flow_run_name=item.id,
            timeout=0,
        )
    return cast("FlowRun", sent)  # outside of an event loop it is no coroutine


def awaited(sent: FlowRun, leash: Leash) -> FlowRun:
    """Return the flow run when it has ended; cancel it where the run ends the work.

    Raise ``RunStopped`` when it does not end then.
    """
    found = _look(sent)
    while not _is_final(found):
        if leash.stop.wait(_LOOK):
            return _cancelled(found)
        found = _look(found)
    return found


def _cancelled(sent: FlowRun) -> FlowRun:
    """Cancel a flow run as a person does, and return it when it has ended."""
    end = time.monotonic() + _GRACE
    found = sent
    while not _is_final(found):
        if time.monotonic() > end:
            raise RunStopped(f"the run was ended; the flow run {sent.id} of an item has not ended with it")
        if found.state and not found.state.is_cancelling():
            with asking("cancel the flow run of an item") as client:
                client.set_flow_run_state(sent.id, Cancelling())
        time.sleep(1)
        found = _look(found)
    return found


def _is_final(run: FlowRun) -> bool:
    return run.state is not None and run.state.is_final()


def _look(known: FlowRun) -> FlowRun:
    """Return the flow run as it is now, or as it was known where no server answers."""
    with asking("ask how an item stands") as client:
        return client.read_flow_run(known.id)
    return known


def bring_back(result: Outcome | TasksMdError, flow_run_id: str) -> None:
    """Leave what an item came to where its run looks for it."""
    with _server(), get_client(sync_client=True) as client:
        client.create_flow_run_input(UUID(flow_run_id), _KEY, json.dumps(packed_result(result)))


def parcel_from(ended: FlowRun) -> Parcel | None:
    """Return what an item came to; None where its flow run left no word.

    Raise ``RemoteUnavailable`` when the Prefect server does not say.
    """
    with _server(), get_client(sync_client=True) as client:
        try:
            found: Parcel = json.loads(client.read_flow_run_input(ended.id, _KEY))
        except PrefectHTTPStatusError as error:
            if error.response.status_code == httpx.codes.NOT_FOUND:
                return None
            raise
    return found


@contextmanager
def _server() -> Iterator[None]:
    """Turn what goes wrong with the Prefect server into an error that the run waits for."""
    try:
        yield
    except (httpx.HTTPError, PrefectException) as error:
        raise RemoteUnavailable(f"the Prefect server: {type(error).__name__}: {error}") from error
