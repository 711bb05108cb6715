"""Knots of dependencies: the shortest cycle, and the fewest cuts."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from tasks_lib.backlog.cycles import Knot, find_knots

Graph = list[list[int]]


@st.composite
def graphs(draw: st.DrawFn, most: int = 7) -> Graph:
    """Draw a graph without links of a node to itself."""
    count = draw(st.integers(1, most))
    nodes = st.integers(0, count - 1)
    return [sorted(draw(st.sets(nodes, max_size=3)) - {place}) for place in range(count)]


def _edges(graph: Graph) -> list[tuple[int, int]]:
    return [(place, need) for place, needs in enumerate(graph) for need in needs]


def _reaches(graph: Graph, start: int) -> set[int]:
    seen: set[int] = set()
    todo = [start]
    while todo:
        for need in graph[todo.pop()]:
            if need not in seen:
                seen.add(need)
                todo.append(need)
    return seen


def _is_cyclic(graph: Graph) -> bool:
    return any(place in _reaches(graph, place) for place in range(len(graph)))


def _without(graph: Graph, cuts: tuple[tuple[int, int], ...]) -> Graph:
    return [[need for need in needs if (place, need) not in cuts] for place, needs in enumerate(graph)]


def _girth(graph: Graph) -> int:
    """Return the length of the shortest cycle, by trying all walks from each node, level by level."""
    best = len(graph) + 1
    for start in range(len(graph)):
        level = {start}
        for length in range(1, best):
            level = {need for place in level for need in graph[place]}
            if start in level:
                best = length
                break
    return best


@given(graphs())
def test_knots_are_found_exactly_where_there_are_cycles(graph: Graph) -> None:
    """The members of all knots are as many as the nodes that reach themselves."""
    knots = find_knots(graph)
    assert sum(knot.size for knot in knots) == sum(
        place in _reaches(graph, place) for place in range(len(graph))
    )


@given(graphs())
def test_the_cycle_is_a_cycle_and_the_shortest_comes_first(graph: Graph) -> None:
    """Each step of a cycle is a dependency, and no cycle of the graph is shorter than the first one."""
    knots = find_knots(graph)
    for knot in knots:
        steps = zip(knot.cycle, [*knot.cycle[1:], knot.cycle[0]], strict=True)
        assert all(need in graph[place] for place, need in steps)
        assert len(set(knot.cycle)) == len(knot.cycle)
    assert [len(knot.cycle) for knot in knots] == sorted(len(knot.cycle) for knot in knots)
    assert not knots or len(knots[0].cycle) == _girth(graph)


@given(graphs(most=6))
def test_the_cuts_are_the_fewest_that_mend_the_graph(graph: Graph) -> None:
    """Without the cuts there is no cycle, and no smaller set of dependencies would do."""
    cuts = tuple(cut for knot in find_knots(graph) for cut in knot.cuts)
    assert not _is_cyclic(_without(graph, cuts))
    fewer = combinations(_edges(graph), len(cuts) - 1) if cuts else []
    assert all(_is_cyclic(_without(graph, other)) for other in fewer)


@given(graphs(most=40))
def test_large_knots_are_mended_too(graph: Graph) -> None:
    """Where the fewest cuts are not searched for, there are no more than half of the dependencies."""
    knots = find_knots(graph)
    cuts = tuple(cut for knot in knots for cut in knot.cuts)
    assert not _is_cyclic(_without(graph, cuts))
    assert 2 * len(cuts) <= len(_edges(graph))


def test_a_long_ring_has_one_cut() -> None:
    """Neither recursion nor size stands in the way of an exact answer for a ring of 50,000."""
    count = 50_000
    ring = [[(place + 1) % count] for place in range(count)]
    [knot] = find_knots(ring)
    assert knot == Knot(count, tuple(range(count)), ((0, 1),), fewest=True)


def test_a_long_chain_against_the_order_of_the_file_is_sound() -> None:
    """Each item depends on the one below it: no cycle, and no recursion error."""
    count = 50_000
    assert find_knots([[place + 1] for place in range(count - 1)] + [[]]) == []
