"""What crosses between a run and the flow run of one of its items: plain JSON, checked when it comes."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from tasks_lib.backlog.model import Item, ItemId, ItemStatus
from tasks_lib.errors import BacklogError, RemoteUnavailable, RunStopped, TasksMdError
from tasks_lib.ports import Ending, Outcome, Usage

Parcel = dict[str, Any]
"""A JSON object."""


def packed(value: Item | Outcome) -> Parcel:
    """Return a row, or how it ended, as JSON."""
    text = json.dumps(asdict(value), default=datetime.isoformat)
    data: Parcel = json.loads(text)
    return data


def unpacked_item(data: Mapping[str, Any]) -> Item:
    """Return a row; raise ``ValueError``, ``TypeError`` or ``KeyError`` for what is none."""
    more = {
        "id": ItemId(data["id"]),
        "status": ItemStatus(data["status"]),
        "depends_on": tuple(map(ItemId, data["depends_on"])),
        "blocks": tuple(map(ItemId, data["blocks"])),
        "started_at": _time(data["started_at"]),
        "completed_at": _time(data["completed_at"]),
    }
    return Item(**{**data, **more})


def _unpacked_outcome(data: Mapping[str, Any]) -> Outcome:
    more = {
        "item": ItemId(data["item"]),
        "ending": Ending(data["ending"]),
        "usage": Usage(**data["usage"]),
        "row": unpacked_item(data["row"]) if data["row"] else None,
    }
    return Outcome(**{**data, **more})


def packed_result(result: Outcome | TasksMdError) -> Parcel:
    """Return what an item's task came to: how it ended, or why it could not begin."""
    if isinstance(result, Outcome):
        return {"outcome": packed(result)}
    return {"not_begun": str(result), "may_pass": isinstance(result, RemoteUnavailable | BacklogError)}


def unpacked_result(data: Mapping[str, Any]) -> Outcome:
    """Return how the item ended.

    Raise ``RemoteUnavailable`` when it could not begin and may begin later, ``RunStopped`` when a person has
    to act first; ``ValueError``, ``TypeError`` or ``KeyError`` for what is no parcel.
    """
    if "outcome" in data:
        return _unpacked_outcome(data["outcome"])
    raise (RemoteUnavailable if data["may_pass"] else RunStopped)(str(data["not_begun"]))


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
