"""Runs of ids, the way people write them: ``MS-SEC-005 through MS-SEC-010``."""

from collections.abc import Iterable

from tasks_lib.backlog.model import ItemId


def ranges(items: Iterable[ItemId]) -> list[str]:
    """Return the ids in their order; three or more in a row, of one prefix, become a range."""
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
