"""How plans and reports put things: ranges of ids, titles, counts."""

from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate

from tasks_lib.backlog.marks import widths_of
from tasks_lib.backlog.model import ItemId
from tasks_lib.backlog.phases import number_of

_LONGEST_LABEL = 48


def phase_title(number: int, title: str) -> str:
    """Return ``Phase 1 - Critical Security``, whether or not the title says its number itself."""
    if number_of(title):
        return title
    return f"Phase {number} - {title}" if title else f"Phase {number}"


def count(number: int, noun: str) -> str:
    """Return ``1 item`` or ``2 items``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def clipped(text: str, width: int = _LONGEST_LABEL) -> str:
    """Return the text on one line, at most ``width`` columns wide; CJK and emoji take two columns."""
    line = " ".join(text[: 4 * width].split())
    widths = widths_of(line)
    if sum(widths) <= width and len(text) <= 4 * width:
        return line
    ends = list(accumulate(widths))
    return line[: bisect_right(ends, width - 1)] + "…"


def ranges(items: Iterable[ItemId]) -> list[str]:
    """Return the ids in their order; three or more in a row, of one prefix, become a range.

    ``MS-SEC-005 through MS-SEC-010``, the way people write it.
    """
    groups: list[list[ItemId]] = []
    for item in items:
        if groups and _follows(groups[-1][-1], item):
            groups[-1].append(item)
        else:
            groups.append([item])
    return [name for group in groups for name in _written(group)]


def _written(group: list[ItemId]) -> list[str]:
    return [f"{group[0]} through {group[-1]}"] if len(group) > 2 else list(group)  # noqa: PLR2004 two are a pair


def _follows(one: ItemId, other: ItemId) -> bool:
    prefix, _, number = one.rpartition("-")
    other_prefix, _, other_number = other.rpartition("-")
    same = prefix == other_prefix and number.isdecimal() and other_number.isdecimal()
    return same and int(other_number) == int(number) + 1
