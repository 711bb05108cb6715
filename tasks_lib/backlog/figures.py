"""Token figures and times, as the tracking file writes them."""

import re
from datetime import UTC, datetime

_TOKENS = re.compile(
    r"(?:~|≈|ca\.? ?)?\s{0,2}([0-9]{1,3}(?:[,_][0-9]{3}){1,4}|[0-9]{1,12})(\.[0-9]{1,6})?\s{0,2}([KMB]?)"
    r"(?:\s{0,2}(?:tok|tokens?))?",
    re.IGNORECASE,
)
_UNITS = {"": 1, "K": 1_000, "M": 1_000_000, "B": 1_000_000_000}


def format_tokens(tokens: int) -> str:
    """Write a figure as the guide does: ``420``, ``5K``, ``38.5K``, ``1.2M``; one decimal, rounded half up.

    Raise ``ValueError`` for negative figures.
    """
    if tokens < 0:
        raise ValueError(f"a token figure cannot be negative: {tokens}")
    if tokens < _UNITS["K"]:
        return str(tokens)
    for unit in ("K", "M", "B"):
        tenths = (tokens * 10 + _UNITS[unit] // 2) // _UNITS[unit]
        if tenths < 10 * _UNITS["K"] or unit == "B":
            break
    whole, tenth = divmod(tenths, 10)
    return f"{whole}.{tenth}{unit}" if tenth else f"{whole}{unit}"


def parse_tokens(text: str) -> int:
    """Read a figure in tokens: ``5K``, ``4.2k``, ``~38,500``; raise ``ValueError`` for anything else."""
    found = _TOKENS.fullmatch(text.strip())
    if not found:
        raise ValueError(f"not a token figure: {text[:60]!r}; write 5K, 38.5K or 1.2M")
    whole, fraction, unit = found.groups()
    scale = _UNITS[unit.upper()]
    tokens = int(whole.replace(",", "").replace("_", "")) * scale
    if not fraction:
        return tokens
    digits = fraction[1:]
    whole_unit = int("1" + "0" * len(digits))
    return tokens + (int(digits) * scale + whole_unit // 2) // whole_unit


def format_time(moment: datetime) -> str:
    """Write a time in UTC to the second, ``2026-02-05T14:03:00Z``; a ``ValueError`` without a time zone."""
    if moment.tzinfo is None:
        raise ValueError(f"a time without a time zone: {moment}")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")


def parse_time(text: str) -> datetime:
    """Read an ISO 8601 time as UTC; one without a zone is taken for UTC, a date for its midnight.

    Raise ``ValueError`` for anything else.
    """
    text = text.strip()
    iso = text[:-3].rstrip() + "Z" if text[-3:].upper() == "UTC" else text
    try:
        moment = datetime.fromisoformat(iso)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"not an ISO 8601 time: {text[:60]!r}; write 2026-02-05T14:03:00Z") from error
