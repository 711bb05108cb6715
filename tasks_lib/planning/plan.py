"""The plan: what a run would do, in which order, and what it is estimated to need."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from tasks_lib.backlog.figures import format_tokens
from tasks_lib.backlog.model import Backlog, ItemId
from tasks_lib.planning.causes import Stuck
from tasks_lib.planning.deadlock import stuck_items
from tasks_lib.planning.mends import Mend, mends
from tasks_lib.planning.order import Layers, layers_of, weights_of
from tasks_lib.planning.words import count, phase_title


@dataclass(frozen=True, slots=True)
class PhasePlan:
    """What is left of one phase; ``estimate`` is the sum of the weights of its items.

    ``done`` counts the items that are, ``stuck`` those that cannot run.
    """

    number: int
    title: str
    done: int
    stuck: int
    layers: Layers
    estimate: int

    @property
    def size(self) -> int:
        """How many items are left to do."""
        return len(self.layers.order)


@dataclass(frozen=True, slots=True)
class Plan:
    """A dry run: phases one after the other, each in waves of items that can be at work together.

    ``weights`` are tokens (the median estimate where an item has none), or 1 for every item when ``measured``
    is false because the file holds no estimates. ``guessed`` counts the items without an estimate.
    """

    phases: tuple[PhasePlan, ...]
    stuck: tuple[Stuck, ...]
    mends: tuple[Mend, ...]
    weights: dict[ItemId, int]
    measured: bool
    guessed: int

    @property
    def order(self) -> tuple[ItemId, ...]:
        """The order in which one item at a time would go."""
        return tuple(item for phase in self.phases for item in phase.layers.order)

    @property
    def critical_path(self) -> tuple[ItemId, ...]:
        """The heaviest chain through all phases: however many agents, it takes no less."""
        return tuple(item for phase in self.phases for item in phase.layers.path)

    @property
    def estimate(self) -> int:
        """The weight of everything planned."""
        return sum(phase.estimate for phase in self.phases)

    @property
    def critical_estimate(self) -> int:
        """The weight of the critical path."""
        return sum(phase.layers.weight for phase in self.phases)

    @property
    def parallelism(self) -> float:
        """How many agents have work on average when there is no limit; 0 for an empty plan."""
        return self.estimate / self.critical_estimate if self.critical_estimate else 0.0

    @property
    def widest(self) -> int:
        """The size of the largest wave: more agents than this never help."""
        return max((len(wave) for phase in self.phases for wave in phase.layers.waves), default=0)

    def __str__(self) -> str:
        lines = [_headline(self)]
        for phase in self.phases:
            lines += _phase_lines(self, phase)
        if self.order:
            lines += ["", *_totals(self)]
        if self.stuck:
            lines += ["", "Cannot run as the file stands:", *(f"  {line}" for line in reasons(self.stuck))]
            lines += [f"What would help: {mend}" for mend in self.mends[:1]]
        return "\n".join(lines)


def make_plan(backlog: Backlog) -> Plan:
    """Plan what is not done and can run; ``stuck`` tells why the rest cannot, ``mends`` what helps."""
    stuck = stuck_items(backlog, 1)
    idle = {each.item for each in stuck}
    todo = [item for item in backlog if not item.done and item.id not in idle]
    weights = weights_of(todo)
    phases = []
    for phase in backlog.phases:
        items = [backlog[item] for item in phase.items if item in weights]
        done = sum(backlog[item].done for item in phase.items)
        total = sum(weights[item.id] for item in items)
        rest = len(phase.items) - done - len(items)
        layers = layers_of(items, weights)
        phases.append(PhasePlan(phase.number, phase.title, done, rest, layers, total))
    guessed = sum(not item.estimate for item in todo)
    return Plan(tuple(phases), stuck, mends(backlog, stuck), weights, guessed < len(todo), guessed)


def reasons(stuck: Collection[Stuck]) -> list[str]:
    """Return one line per stuck item, and a single one for all that wait for the same phase."""
    behind = Counter(each.phase for each in stuck if each.phase is not None)
    lines = [str(each) for each in stuck if each.phase is None]
    for phase, number in behind.items():
        cause = next(each.cause for each in stuck if each.phase == phase)
        waits = "waits" if number == 1 else "wait"
        lines.append(f"{count(number, 'item')} of later phases {waits} for phase {phase}, which {cause}")
    return lines


def _headline(plan: Plan) -> str:
    done = sum(phase.done for phase in plan.phases)
    return f"Plan: {count(len(plan.order), 'item')} to do in {count(len(plan.phases), 'phase')}, {done} done"


def _phase_lines(plan: Plan, phase: PhasePlan) -> Iterable[str]:
    title = phase_title(phase.number, phase.title)
    waves = phase.layers.waves
    if not waves:
        return ["", f"{title}: nothing {'can run' if phase.stuck else 'to do'}"]
    weight = f", {format_tokens(phase.estimate)} tokens" if plan.measured else ""
    lines = ["", f"{title}: {count(phase.size, 'item')} in {count(len(waves), 'wave')}{weight}"]
    lines += [f"  wave {number}: {_names(plan, wave)}" for number, wave in enumerate(waves, 1)]
    return [*lines, "  then the gate of the phase"]


def _names(plan: Plan, items: Iterable[ItemId]) -> str:
    if not plan.measured:
        return ", ".join(items)
    return ", ".join(f"{item} ({format_tokens(plan.weights[item])})" for item in items)


def _totals(plan: Plan) -> Iterable[str]:
    path = " → ".join(plan.critical_path)
    if not plan.measured:
        return [
            f"Critical path: {count(len(plan.critical_path), 'item')}: {path}",
            f"Parallelism: {plan.parallelism:.1f} on average, {plan.widest} at most",
        ]
    guess = f" (median for {plan.guessed} without an estimate)" if plan.guessed else ""
    return [
        f"Estimate: {format_tokens(plan.estimate)} tokens{guess}",
        f"Critical path: {format_tokens(plan.critical_estimate)} tokens: {path}",
        f"Parallelism: {plan.parallelism:.1f} on average, {plan.widest} at most",
    ]
