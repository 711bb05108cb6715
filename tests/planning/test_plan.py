"""The dry run."""

from itertools import pairwise

from hypothesis import given

from tasks_lib.backlog.model import Backlog, ItemStatus
from tasks_lib.planning.frontier import next_items, open_phase
from tasks_lib.planning.plan import make_plan
from tests.planning.conftest import backlog_of, backlogs, item, with_status

DONE = ItemStatus.DONE


def test_the_plan_reads_as_a_dry_run() -> None:
    """Phases, waves, estimate, critical path, parallelism: everything on one page."""
    backlog = backlog_of(
        item("A-1", estimate=5_000),
        item("A-2", "A-1", estimate=10_000),
        item("A-3", estimate=8_000),
        item("A-4", phase=2),
        item("A-5", phase=2, status=DONE, estimate=1_000),
    )
    assert str(make_plan(backlog)).splitlines() == [
        "Plan: 4 items to do in 2 phases, 1 done",
        "",
        "Phase 1 - Title 1: 3 items in 2 waves, 23K tokens",
        "  wave 1: A-1 (5K), A-3 (8K)",
        "  wave 2: A-2 (10K)",
        "  then the gate of the phase",
        "",
        "Phase 2 - Title 2: 1 item in 1 wave, 8K tokens",
        "  wave 1: A-4 (8K)",
        "  then the gate of the phase",
        "",
        "Estimate: 31K tokens (median for 1 without an estimate)",
        "Critical path: 23K tokens: A-1 → A-2 → A-4",
        "Parallelism: 1.3 on average, 2 at most",
    ]


def test_without_estimates_items_are_counted() -> None:
    """No figure is made up where the file holds none."""
    text = str(make_plan(backlog_of(item("A-1"), item("A-2", "A-1"), item("A-3"))))
    assert "Critical path: 2 items: A-1 → A-2" in text
    assert "tokens" not in text


def test_items_of_one_branch_follow_each_other() -> None:
    """Sharing a branch costs a wave, because such items never run together."""
    backlog = backlog_of(item("A-1", branch="fix/a"), item("A-2", branch="fix/a"), item("A-3"))
    assert make_plan(backlog).phases[0].layers.waves == (("A-1", "A-3"), ("A-2",))


def test_what_cannot_run_is_told_with_the_mend() -> None:
    """Stuck items are not planned; later phases are told in one line, with what would help most."""
    backlog = backlog_of(
        item("A-1", status=ItemStatus.FAILED), item("A-2", "A-1"), item("A-3", phase=2), item("A-4", phase=2)
    )
    plan = make_plan(backlog)
    assert plan.order == ()
    assert str(plan).splitlines()[-5:] == [
        "Cannot run as the file stands:",
        "  A-1 failed",
        "  A-2 waits for A-1, which failed",
        "  2 items of later phases wait for phase 1, which cannot end",
        "What would help: find out why A-1 failed, then set its status to not-started (frees 4 items)",
    ]


def test_an_empty_backlog_has_an_empty_plan() -> None:
    """Nothing to do is a plan too."""
    plan = make_plan(backlog_of())
    assert (plan.order, plan.parallelism, plan.widest) == ((), 0.0, 0)


@given(backlogs())
def test_the_order_is_that_of_a_run_of_one_agent(backlog: Backlog) -> None:
    """The plan and the run agree: one item at a time goes in exactly the planned order."""
    order = []
    now = backlog
    gates: set[int] = set()
    while (phase := open_phase(now, gates)) is not None:
        started = next_items(now, running=(), open_phase=phase, tried=(), limit=1)
        if not started and not all(each.done for each in now.phase(phase)):
            break
        gates |= set() if started else {phase}
        for each in started:
            order.append(each.id)
            now = with_status(now, each.id, DONE)
    runnable = [each for each in make_plan(backlog).order if each in order]
    assert runnable == order == list(make_plan(backlog).order)


@given(backlogs())
def test_waves_keep_what_they_promise(backlog: Backlog) -> None:
    """Nothing in a wave depends on its own wave or a later one, and no branch is in a wave twice."""
    for phase in make_plan(backlog).phases:
        wave_of = {each: number for number, wave in enumerate(phase.layers.waves) for each in wave}
        assert sorted(wave_of) == sorted(phase.layers.order)
        for each, number in wave_of.items():
            inside = [other for other in backlog[each].depends_on if other in wave_of]
            assert all(wave_of[other] < number for other in inside)
        for wave in phase.layers.waves:
            branches = [backlog[each].branch for each in wave if backlog[each].branch]
            assert len(branches) == len(set(branches))


@given(backlogs())
def test_the_critical_path_is_a_path(backlog: Backlog) -> None:
    """Its steps follow from a dependency, a shared branch or a phase barrier, and it weighs what it says."""
    plan = make_plan(backlog)
    for one, other in pairwise(plan.critical_path):
        before, after = backlog[one], backlog[other]
        same_branch = bool(after.branch) and before.branch == after.branch
        assert before.id in after.depends_on or same_branch or before.phase < after.phase
    assert plan.critical_estimate == sum(plan.weights[each] for each in plan.critical_path)
    assert plan.critical_estimate <= plan.estimate


def test_layers_that_depend_on_the_whole_layer_before_are_planned() -> None:
    """A hundred phases of ten, each item on the whole phase before: one wave each."""
    rows = [
        item(f"L{layer}-{n}", *(f"L{layer - 1}-{m}" for m in range(10) if layer > 1), phase=layer)
        for layer in range(1, 101)
        for n in range(10)
    ]
    plan = make_plan(backlog_of(*rows))
    assert len(plan.order) == 1_000
    assert [len(phase.layers.waves) for phase in plan.phases] == [1] * 100
