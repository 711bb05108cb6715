"""The result contract: what an agent claims of its own work. Read leniently, checked strictly.

A claim comes as the JSON block of the guide at the end of a text, or as the input of ``report_result``.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from tasks_lib.backlog.model import ItemId
from tasks_lib.errors import TasksMdError
from tasks_lib.ports import Claim, ClaimStatus

READ_AT_MOST = 50_000
"""Characters at the end of a text in which a claim is looked for."""

_FENCE = re.compile(
    r"^[ \t]*(`{3,}|~{3,})[^\n`]*\n(?P<body>.*?)(?:^[ \t]*\1[ \t]*$|\Z)", re.DOTALL | re.MULTILINE
)
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_STATUSES = ", ".join(f'"{status}"' for status in ClaimStatus)
_ASK = 'End your answer with the JSON block of the section "Result Format", or call `report_result`.'


class BadClaim(TasksMdError):
    """There is no usable claim; the message is meant for the model. Never leaves this room."""


def claim_from_text(text: str, item: ItemId) -> Claim:
    """Return the claim that a text ends with: its last fence, else its last ``{...}``.

    Raise ``BadClaim`` when there is none, or when it is not one of this item.
    """
    tail = text[-READ_AT_MOST:]
    found = _last_fence(tail) or _last_object(tail)
    if found is None:
        raise BadClaim(f"No result was found in the answer. {_ASK}")
    return claim_from_values(found, item)


def claim_from_values(values: Mapping[str, Any], item: ItemId) -> Claim:
    """Return the claim that these values make; raise ``BadClaim`` when it is not one of this item."""
    plain = {str(key).strip().lower(): _text(value) for key, value in values.items()}
    problems = [problem for problem in (_wrong_id(plain, item), _wrong_status(plain)) if problem]
    if problems:
        raise BadClaim(f"The result cannot be used: {'; '.join(problems)}. {_ASK}")
    return Claim(
        item=item,
        status=ClaimStatus(plain["status"].lower()),
        commit=plain.get("commit_sha", "") or plain.get("commit", ""),
        used=plain.get("used", ""),
        notes=plain.get("notes", ""),
    )


def _wrong_id(plain: Mapping[str, str], item: ItemId) -> str:
    said = plain.get("task_id", "")
    return "" if said == item else f'task_id must be "{item}", not {json.dumps(said)}'


def _wrong_status(plain: Mapping[str, str]) -> str:
    said = plain.get("status", "")
    return (
        ""
        if said.lower() in set(ClaimStatus)
        else f"status must be one of {_STATUSES}, not {json.dumps(said)}"
    )


def _text(value: object) -> str:
    if value is None:
        return ""
    return value.strip() if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _last_fence(text: str) -> dict[str, Any] | None:
    bodies = [match["body"] for match in _FENCE.finditer(text)]
    return _object(bodies[-1]) if bodies else None


def _last_object(text: str) -> dict[str, Any] | None:
    """Return the last object that carries a status; without any such, simply the last object."""
    last = None
    for candidate in _objects_from_the_end(text):
        if "status" in candidate:
            return candidate
        last = last or candidate
    return last


def _objects_from_the_end(text: str) -> Iterator[dict[str, Any]]:
    start = text.rfind("{")
    while start >= 0:
        end = text.rfind("}", start)
        found = _object(text[start : end + 1]) or _leading_object(text[start:])
        if found:
            yield found
        start = text.rfind("{", 0, start)


def _leading_object(text: str) -> dict[str, Any] | None:
    try:
        value, _ = json.JSONDecoder(strict=False).raw_decode(text)
    except (json.JSONDecodeError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _object(text: str) -> dict[str, Any] | None:
    """Read a JSON object; raw line breaks in strings and trailing commas are forgiven."""
    try:
        value = json.loads(_TRAILING_COMMA.sub(r"\1", text), strict=False)
    except (json.JSONDecodeError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
