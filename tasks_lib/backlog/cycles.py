"""Cycles among dependencies: the shortest one of each knot, and the fewest cuts that mend it.

Everything is linear in the number of dependencies except two searches, and these are bounded: the shortest
cycle is exact up to ``SEARCH`` visited dependencies (after that, the shortest found so far), and the fewest
cuts are exact for knots of up to ``EXACT`` items that are not mere links of a chain, as long as ``SEARCH``
allows. For larger knots the cuts are the dependencies against the order of the file, or those along it when
they are fewer, so never more than half of the knot's dependencies. Nothing recurses.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

Graph = Sequence[Sequence[int]]
Edge = tuple[int, int]

EXACT = 12
SEARCH = 500_000


@dataclass(frozen=True, slots=True)
class Knot:
    """Items that depend on each other in circles: how many, the shortest one, and what to cut.

    ``cycle`` holds each item once: every one depends on the next, the last on the first. ``cuts`` are pairs
    (item, what it depends on); ``fewest`` tells whether it is proven that no fewer will do.
    """

    size: int
    cycle: tuple[int, ...]
    cuts: tuple[Edge, ...]
    fewest: bool


def find_knots(graph: Graph) -> list[Knot]:
    """Return the knots of a graph, shortest cycles first; ``graph[i]`` lists what ``i`` depends on.

    A dependency on oneself does not count.
    """
    if all(not needs or max(needs) < place for place, needs in enumerate(graph)):
        return []
    budgets = Budget(SEARCH), Budget(SEARCH)
    knots = [_knot(graph, members, budgets) for members in _components(graph)]
    return sorted(knots, key=lambda knot: (len(knot.cycle), knot.cycle))


class Budget:
    """How much more may be searched for one purpose, over all knots of a file."""

    def __init__(self, left: int) -> None:
        self.left = left

    def spend(self, amount: int) -> bool:
        """Take an amount; tell whether it was there."""
        self.left -= amount
        return self.left >= 0


def _knot(graph: Graph, members: list[int], budgets: tuple[Budget, Budget]) -> Knot:
    if len(members) == 2:  # noqa: PLR2004 - the most common knot needs no search
        pair = min(members), max(members)
        return Knot(2, pair, (pair,), fewest=True)
    inside = set(members)
    part = {
        place: [need for need in graph[place] if need in inside and need != place]
        for place in sorted(members)
    }
    cycle = _shortest_cycle(part, budgets[0])
    cuts = _fewest_cuts(part, budgets[1])
    if cuts is not None:
        return Knot(len(members), cycle, cuts, fewest=True)
    against = [(place, need) for place, needs in part.items() for need in needs if need > place]
    along = [(place, need) for place, needs in part.items() for need in needs if need < place]
    return Knot(len(members), cycle, tuple(against if len(against) <= len(along) else along), fewest=False)


def _components(graph: Graph) -> Iterator[list[int]]:
    """Yield the strongly connected components of more than one member (Tarjan, without recursion)."""
    order = [0] * len(graph)
    low = [0] * len(graph)
    count = 0
    stack: list[int] = []
    for root in range(len(graph)):
        if order[root]:
            continue
        work = [(root, iter(graph[root]))]
        count += 1
        order[root] = low[root] = count
        stack.append(root)
        while work:
            place, needs = work[-1]
            for need in needs:
                if not order[need]:
                    count += 1
                    order[need] = low[need] = count
                    stack.append(need)
                    work.append((need, iter(graph[need])))
                    break
                if order[need] < low[place] and low[need] <= len(order):
                    low[place] = order[need]
            else:
                work.pop()
                if work and low[place] < low[work[-1][0]]:
                    low[work[-1][0]] = low[place]
                if low[place] == order[place]:
                    yield from _pop_component(stack, low, place)


def _pop_component(stack: list[int], low: list[int], root: int) -> Iterator[list[int]]:
    """Take a finished component off the stack; its members get a ``low`` that later visits ignore."""
    members: list[int] = []
    while not members or members[-1] != root:
        members.append(stack.pop())
        low[members[-1]] = len(low) + 1
    if len(members) > 1:
        yield members


def _shortest_cycle(part: dict[int, list[int]], budget: Budget) -> tuple[int, ...]:
    for place, needs in part.items():
        for need in needs:
            if need > place and place in part[need]:
                return (place, need)
    best: tuple[int, ...] = ()
    size = sum(map(len, part.values()))
    for start in part:
        if best and not budget.spend(size):
            break
        found = _cycle_through(part, start, len(best) or len(part) + 1)
        best = found or best
    return best


def _cycle_through(part: dict[int, list[int]], start: int, limit: int) -> tuple[int, ...]:
    """Return the shortest cycle through an item when it is shorter than ``limit``: breadth first."""
    before = {start: start}
    level = [start]
    for _ in range(limit - 1):
        following = []
        for place in level:
            for need in part[place]:
                if need == start:
                    return _path(before, start, place)
                if need not in before:
                    before[need] = place
                    following.append(need)
        level = following
    return ()


def _path(before: dict[int, int], start: int, end: int) -> tuple[int, ...]:
    path = [end]
    while path[-1] != start:
        path.append(before[path[-1]])
    return tuple(reversed(path))


def _fewest_cuts(part: dict[int, list[int]], budget: Budget) -> tuple[Edge, ...] | None:
    """Return the fewest cuts, None when the knot is too large to be sure."""
    edges = _without_chains(part)
    places = sorted({place for edge in edges for place in edge[:2]})
    if len(places) > EXACT or not budget.spend(len(places) << len(places)):
        return None
    index = {place: bit for bit, place in enumerate(places)}
    order = _best_order([(index[one], index[other]) for one, other, _ in edges], len(places))
    rank = {places[bit]: position for position, bit in enumerate(order)}
    return tuple(sorted(cut for one, other, cut in edges if rank[one] <= rank[other]))


def _without_chains(part: dict[int, list[int]]) -> list[tuple[int, int, Edge]]:
    """Return the edges with every item that has one way in and one way out taken out of the way.

    Each edge carries the dependency that stands for it, the one that is most against the order of the file.
    """
    out = {place: [(need, (place, need)) for need in needs] for place, needs in part.items()}
    into: dict[int, list[int]] = {place: [] for place in part}
    for place, needs in part.items():
        for need in needs:
            into[need].append(place)
    for place in part:
        if len(into[place]) == len(out[place]) == 1 and into[place][0] != place:
            [before], [(after, cut)] = into[place], out[place]
            slot = next(slot for slot, (need, _) in enumerate(out[before]) if need == place)
            worse = max(cut, out[before][slot][1], key=lambda edge: (edge[1] - edge[0], -edge[0]))
            out[before][slot] = (after, worse)
            into[after][into[after].index(place)] = before
            out[place], into[place] = [], []
    return [(place, need, cut) for place, needs in out.items() for need, cut in needs]


def _best_order(edges: list[Edge], count: int) -> list[int]:
    """Return the order that leaves the fewest edges from an item to a later one, by trying all sets."""
    needs = [0] * count
    weight: dict[Edge, int] = {}
    for one, other in edges:
        needs[one] |= 1 << other
        weight[one, other] = weight.get((one, other), 0) + 1
    several = {edge: extra - 1 for edge, extra in weight.items() if extra > 1}
    everyone = (1 << count) - 1
    cost = [0] + [len(edges) + 1] * everyone
    last = [0] * (everyone + 1)
    for chosen in range(everyone):
        for place in range(count):
            bit = 1 << place
            if chosen & bit:
                continue
            later = everyone & ~(chosen | bit)
            price = cost[chosen] + (needs[place] & later).bit_count()
            price += sum(
                extra for (one, other), extra in several.items() if one == place and later >> other & 1
            )
            if price < cost[chosen | bit]:
                cost[chosen | bit], last[chosen | bit] = price, place
    order = []
    while everyone:
        order.append(last[everyone])
        everyone &= ~(1 << last[everyone])
    return order[::-1]
