"""Limits across runs: global concurrency limits of the Prefect server, which people make and change there.

A limit named ``tasks-md.repo.api`` bounds the attempts at items of the repo ``api``, one named
``tasks-md.agent.claude-opus-5-5`` those of an agent, in all runs that use the server. Where there is no such
limit, or no server that answers, there is no bound.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress

from prefect.concurrency.asyncio import ConcurrencySlotAcquisitionError
from prefect.concurrency.sync import concurrency
from prefect.exceptions import ObjectNotFound
from prefect.logging import get_logger

from tasks_lib.backlog.model import Item
from tasks_lib.engine.courtesy import asking, courtesy

LEASE = 60
"""Seconds after which the slots of a dead run are free; 60 is the least that Prefect takes."""

LOOK = 15.0
"""Seconds between two looks whether the wait is still wanted."""

_LABEL = re.compile(r" \([^()]*\)$")
_UNUSUAL = re.compile(r"[^A-Za-z0-9_.-]+")


def limits_of(item: Item) -> tuple[str, ...]:
    """Return the names of the limits that bound the attempts at an item."""
    agent = _LABEL.sub("", item.agent)
    named = {"repo": item.repo, "agent": agent}
    return tuple(f"tasks-md.{kind}.{_UNUSUAL.sub('-', name)}" for kind, name in named.items() if name)


@contextmanager
def within(names: Sequence[str], waiting: Callable[[str], None]) -> Iterator[None]:
    """Hold a slot of each of these limits that exists; ``waiting`` is told now and then, and may raise.

    Slots are held while an attempt is made, not while it waits to be tried again.
    """
    slots = ExitStack()
    _hold(slots, names, waiting)
    try:
        yield
    finally:
        with courtesy("free concurrency slots, which will be free in a minute"):
            slots.close()


def _hold(slots: ExitStack, names: Sequence[str], waiting: Callable[[str], None]) -> None:
    while there := _existing(names):
        try:
            slots.enter_context(concurrency(there, timeout_seconds=LOOK, lease_duration=LEASE))
        except TimeoutError:
            waiting(f"Waits for a slot of {', '.join(there)}")
        except ConcurrencySlotAcquisitionError as error:
            get_logger("tasks_md").warning("%s. The work goes on without.", error)
            return
        else:
            return


def _existing(names: Sequence[str]) -> list[str]:
    """Return those of the limits that the server has; Prefect itself would warn of each that it has not."""
    found: list[str] = []
    with asking("look for concurrency limits") as client:
        for name in names:
            with suppress(ObjectNotFound):
                client.read_global_concurrency_limit_by_name(name)
                found.append(name)
    return found
