"""Lists of ids as people write them: separators, brackets, links, ranges, struck-through ids."""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from tasks_lib.backlog.marks import value_of
from tasks_lib.backlog.model import ID, ItemId

MOST_CLOSELY = 3_000_000
"""How many characters of one file are read as lists that are more than plain ids."""

MOST_RANGES = 20_000
MOST_IN_RANGES = 1_000_000
"""How many ranges the cells of one file may hold, and how many ids these may name together."""

_SEPARATORS = re.compile(r"[,;\s]+")
_MARKS = re.compile(r"[\[\]`*_(){}]")
_LINK = re.compile(r"\]\([^()\s]*\)")
_STRUCK = re.compile(r"~~([^~]*)~~")
_RANGE = re.compile(
    rf"({ID})(?:\s{{0,3}}(?:–|—|−|\.\.\.?|…|-(?=[0-9])|-(?=\s))\s{{0,3}}|\s{{1,3}}(?:through|thru|to|until)\s{{1,3}})"  # noqa: RUF001 - dashes of all kinds
    rf"({ID}|[0-9]{{1,18}})(?![A-Z0-9])"
)
_AND = frozenset({"and", "&", "+", "und", "/"})


@dataclass(frozen=True, slots=True)
class IdRange:
    """All ids of one prefix and category whose numbers lie between two, both included."""

    stem: str
    low: int
    high: int

    def __str__(self) -> str:
        return f"{self.stem}{self.low:03} through {self.stem}{self.high:03}"


def split_id(item_id: str) -> tuple[str, int]:
    """Return prefix and number of an id: ``("MS-SEC-", 1)``; an empty prefix for what is no id."""
    if not ItemId.matches(item_id):
        return ("", 0)
    prefix, _, number = item_id.rpartition("-")
    return (f"{prefix}-", int(number))


def find_ranges(text: str, most: int = 1_000) -> list[tuple[re.Match[str], IdRange | None]]:
    """Return the first ranges in a text; None in place of one whose two ends do not belong together."""
    return [(found, _read_range(found[1], found[2])) for found in islice(_RANGE.finditer(text), most)]


def _read_range(first: str, last: str) -> IdRange | None:
    stem, low = split_id(first)
    last_stem, high = (stem, int(last)) if last[0] in "0123456789" else split_id(last)
    return IdRange(stem, low, high) if stem and stem == last_stem else None


class References(NamedTuple):
    """What a cell refers to: known ``ids``, ``unknown`` words, ``struck`` ids, ``faults`` in ranges."""

    ids: tuple[ItemId, ...]
    unknown: tuple[str, ...] = ()
    struck: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    repeated: tuple[str, ...] = ()


NOTHING = References(())


class IdIndex(dict[str, References]):
    """All ids of a file, to be found by name and by range; ``index[text]`` reads a cell, each text once.

    ``doubtful`` holds the texts in which something was not as it should be.
    """

    def __init__(self, ids: Iterable[ItemId]) -> None:
        self.doubtful: set[str] = set()
        self.by_name: dict[str, ItemId] = {item_id: item_id for item_id in ids}
        self._by_stem: dict[str, list[tuple[int, ItemId]]] | None = None
        self._budget = MOST_IN_RANGES
        self._ranges_left = MOST_RANGES
        self._closely_left = MOST_CLOSELY

    def __missing__(self, text: str) -> References:
        """Read a text that was not met before."""
        self[text] = found = self._read(text)
        if any(found[1:]):
            self.doubtful.add(text)
        return found

    def _read(self, text: str) -> References:
        if not text:
            return NOTHING
        single = self.by_name.get(text)
        if single is not None:
            return References((single,))
        words = _SEPARATORS.split(text)
        ids = [self.by_name.get(word) for word in words]
        if None in ids:
            return self._read_closely(text)
        return _without_repeats([item_id for item_id in ids if item_id is not None])

    def within(self, wanted: IdRange) -> list[ItemId]:
        """Return the ids of a range, by number."""
        numbered = self._numbered().get(wanted.stem, [])
        low = bisect_left(numbered, wanted.low, key=lambda pair: pair[0])
        high = bisect_right(numbered, wanted.high, key=lambda pair: pair[0])
        return [item_id for _, item_id in numbered[low:high]]

    def like(self, word: str) -> ItemId | None:
        """Return the id that a misspelt one may mean: another case, other leading zeros."""
        stem, number = split_id(word.upper().replace("_", "-"))
        same = self.within(IdRange(stem, number, number)) if stem else []
        return same[0] if same else None

    def _numbered(self) -> Mapping[str, list[tuple[int, ItemId]]]:
        if self._by_stem is None:
            self._by_stem = {}
            for item_id in self.by_name.values():
                stem, number = split_id(item_id)
                self._by_stem.setdefault(stem, []).append((number, item_id))
            for numbered in self._by_stem.values():
                numbered.sort()
        return self._by_stem

    def _read_closely(self, text: str) -> References:
        self._closely_left -= len(text)
        if self._closely_left < 0:
            return References((), faults=(text,))
        text = value_of(text)
        struck = tuple(word for found in _STRUCK.findall(text) for word in _words(found))
        text = _MARKS.sub(" ", _LINK.sub("]", _STRUCK.sub(" ", text)))
        ids: list[ItemId] = []
        unknown: list[str] = []
        faults: list[str] = []
        end = 0
        ranges = find_ranges(text, self._ranges_left)
        self._ranges_left -= len(ranges)
        for found, wanted in ranges:
            self._collect(text[end : found.start()], ids, unknown)
            end = found.end()
            self._collect_range(found, wanted, (ids, unknown, faults))
        self._collect(text[end:], ids, unknown)
        plain = _without_repeats(ids)
        return References(plain.ids, tuple(unknown), struck, tuple(faults), plain.repeated)

    def _collect(self, text: str, ids: list[ItemId], unknown: list[str]) -> None:
        for word in _words(text):
            item_id = self.by_name.get(word)
            if item_id is None:
                unknown.append(word)
            else:
                ids.append(item_id)

    def _collect_range(
        self, found: re.Match[str], wanted: IdRange | None, into: tuple[list[ItemId], list[str], list[str]]
    ) -> None:
        ids, unknown, faults = into
        held = self.within(wanted) if wanted else []
        self._budget -= len(held)
        if wanted is None or wanted.low > wanted.high or self._budget < 0:
            faults.append(found[0])
            return
        ids += held
        if not held or split_id(held[0])[1] != wanted.low:
            unknown.append(found[1])
        if not held or split_id(held[-1])[1] != wanted.high:
            unknown.append(found[2] if found[2].startswith(wanted.stem) else wanted.stem + found[2])


def _words(text: str) -> list[str]:
    return [word for word in _SEPARATORS.split(text) if word and word.casefold() not in _AND]


def _without_repeats(ids: list[ItemId]) -> References:
    once = dict.fromkeys(ids)
    if len(once) == len(ids):
        return References(tuple(ids))
    repeated = tuple(item_id for item_id, count in Counter(ids).items() if count > 1)
    return References(tuple(once), repeated=repeated)
