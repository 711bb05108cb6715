"""Which lines of two versions of a text are the same: patience alignment, in linear time but for one sort."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Sequence
from itertools import pairwise

Keys = Sequence[Hashable]


def align(base: Keys, side: Keys) -> list[int]:
    """Return for each place of ``base`` the place of the same line in ``side``, -1 where there is none.

    Lines that stand once in both are the anchors; between two anchors, what follows the first and what
    precedes the second is matched as long as it is the same. The places only grow.
    """
    partner = [-1] * len(base)
    anchors = [(-1, -1), *_anchors(base, side), (len(base), len(side))]
    for (start, side_start), (end, side_end) in pairwise(anchors):
        if end < len(base):
            partner[end] = side_end
        place, other = start + 1, side_start + 1
        while place < end and other < side_end and base[place] == side[other]:
            partner[place] = other
            place, other = place + 1, other + 1
        low, side_low = place, other
        place, other = end - 1, side_end - 1
        while place >= low and other >= side_low and base[place] == side[other]:
            partner[place] = other
            place, other = place - 1, other - 1
    return partner


def _anchors(base: Keys, side: Keys) -> list[tuple[int, int]]:
    """Return the places of the lines that stand once in both, as many as keep their order."""
    counts, side_counts = Counter(base), Counter(side)
    places = {key: place for place, key in enumerate(side)}
    pairs = [
        (place, places[key])
        for place, key in enumerate(base)
        if counts[key] == 1 and side_counts.get(key) == 1
    ]
    return _longest_rise(pairs)


def _longest_rise(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest part of the pairs whose second numbers grow."""
    tops: list[int] = []
    at: list[int] = []
    before: list[int] = []
    for index, (_, other) in enumerate(pairs):
        pile = bisect_left(tops, other)
        before.append(at[pile - 1] if pile else -1)
        tops[pile : pile + 1] = [other]
        at[pile : pile + 1] = [index]
    chain, index = [], at[-1] if at else -1
    while index >= 0:
        chain.append(pairs[index])
        index = before[index]
    return chain[::-1]
