"""A forecast from what was done: tokens and working time of the rest.

Estimates are scaled by what finished items really used. The spread is that of a sum of independent items
around the measured ratio, plus the uncertainty of the ratio itself; the range holds in about 4 of 5 cases if
the rest behaves like what is done.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from tasks_lib.backlog.model import Backlog, Item
from tasks_lib.planning.plan import Plan

_ENOUGH = 3
"""Finished items that a range needs; below that only the middle is told."""

_FOUR_OF_FIVE = 1.28
"""Standard deviations on either side that hold four of five cases."""


@dataclass(frozen=True, slots=True)
class Range:
    """A figure with its uncertainty; ``low`` and ``high`` are None when too little was measured."""

    likely: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Forecast:
    """What the planned items will need: ``tokens``, and ``seconds`` of wall time at ``parallel`` agents.

    ``sample`` counts the finished items that it rests on; ``ratio`` is tokens used per token estimated (1.0
    without a sample). ``tokens`` is None without any estimate, ``seconds`` without measured times.
    """

    tokens: Range | None
    seconds: Range | None
    ratio: float
    sample: int
    parallel: int


def make_forecast(backlog: Backlog, plan: Plan, *, parallel: int) -> Forecast:
    """Scale the plan's estimates by what the backlog's finished items used and took."""
    measured = [item for item in backlog if item.done and item.estimate and item.used]
    pairs = [(float(item.estimate or 0), float(item.used or 0)) for item in measured]
    left = [float(plan.weights[item]) for item in plan.order]
    tokens = _scaled(pairs, left) if plan.measured else None
    ratio = _ratio(pairs) if pairs else 1.0
    return Forecast(tokens, _wall_time(backlog, plan, parallel), ratio, len(pairs), parallel)


def _ratio(pairs: Sequence[tuple[float, float]]) -> float:
    return sum(real for _, real in pairs) / sum(estimate for estimate, _ in pairs)


def _scaled(pairs: Sequence[tuple[float, float]], left: Sequence[float]) -> Range:
    """Scale the sum of ``left`` by the ratio of the pairs (estimate, real)."""
    total = sum(left)
    if not pairs:
        return Range(total)
    likely = total * _ratio(pairs)
    if len(pairs) < _ENOUGH:
        return Range(likely)
    ratios = [real / estimate for estimate, real in pairs]
    mean = sum(ratios) / len(ratios)
    variance = sum((each - mean) ** 2 for each in ratios) / (len(ratios) - 1)
    spread = sqrt(variance * (sum(each * each for each in left) + total * total / len(pairs)))
    return Range(likely, max(0.0, likely - _FOUR_OF_FIVE * spread), likely + _FOUR_OF_FIVE * spread)


def _wall_time(backlog: Backlog, plan: Plan, parallel: int) -> Range | None:
    """Bound the time of each phase by its work and its critical path.

    No schedule beats the path, nor the work shared out evenly. One that leaves no agent idle while something
    is ready takes at most the even share plus what the path leaves over (Graham's bound).
    """
    pace = pace_of(backlog, plan)
    if not pace:
        return None
    shared = [(phase.estimate / parallel, float(phase.layers.weight)) for phase in plan.phases]
    low = pace * sum(max(even, path) for even, path in shared)
    high = pace * sum(even + path * (1 - 1 / parallel) for even, path in shared)
    return Range((low + high) / 2, low, high)


def pace_of(backlog: Backlog, plan: Plan) -> float:
    """Return the seconds that finished items took per unit of weight; 0 without measured times."""
    known = [(item, _seconds(item)) for item in backlog if item.done and (item.estimate or not plan.measured)]
    pairs = [(float(item.estimate or 1) if plan.measured else 1.0, taken) for item, taken in known if taken]
    return _ratio(pairs) if pairs else 0.0


def _seconds(item: Item) -> float:
    """Return what the item took, 0 where the file does not say."""
    if item.started_at is None or item.completed_at is None:
        return 0.0
    return max(0.0, (item.completed_at - item.started_at).total_seconds())
