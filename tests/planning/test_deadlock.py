"""What is stuck, why, and what would help most."""

import pickle
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given

from tasks_lib.backlog.model import Backlog, ItemId, ItemStatus
from tasks_lib.planning.causes import Cause
from tasks_lib.planning.deadlock import stuck_items
from tasks_lib.planning.mends import mends
from tests.planning.conftest import backlog_of, backlogs, item, with_status

FAILED, BLOCKED, DONE = ItemStatus.FAILED, ItemStatus.BLOCKED, ItemStatus.DONE


def sentences(backlog: Backlog) -> list[str]:
    return [str(each) for each in stuck_items(backlog, 1)]


def test_a_chain_names_every_step() -> None:
    """The item, what it waits for, the root, and the root's own note."""
    backlog = backlog_of(
        item("A-1", status=FAILED, notes="lint is red"), item("A-2", "A-1"), item("A-3", "A-2"), item("A-4")
    )
    assert sentences(backlog) == [
        "A-1 failed (lint is red)",
        "A-2 waits for A-1, which failed (lint is red)",
        "A-3 waits for A-2 → A-1, which failed (lint is red)",
    ]


def test_the_shortest_chain_is_told() -> None:
    """With two ways to trouble, the nearer one is the reason."""
    backlog = backlog_of(
        item("A-1", status=FAILED), item("A-2", "A-1"), item("A-3", status=BLOCKED), item("A-4", "A-2", "A-3")
    )
    assert sentences(backlog)[-1] == "A-4 waits for A-3, which is blocked"


def test_a_cycle_is_told_once() -> None:
    """One item of the cycle is the root; the others, and what waits for them, lead to it."""
    backlog = backlog_of(item("A-1", "A-3"), item("A-2", "A-1"), item("A-3", "A-2"), item("A-4", "A-3"))
    assert sentences(backlog) == [
        "A-1 depends on itself (A-3)",
        "A-2 waits for A-1, which depends on itself (A-3)",
        "A-3 waits for A-2 → A-1, which depends on itself (A-3)",
        "A-4 waits for A-3 → A-2 → A-1, which depends on itself (A-3)",
    ]


def test_what_can_never_be_met_is_told() -> None:
    """Unknown ids and dependencies on a later phase never come true."""
    backlog = backlog_of(item("A-1", "A-9"), item("A-2", "A-3"), item("A-3", phase=2))
    assert sentences(backlog) == [
        "A-1 depends on an item that does not exist (A-9)",
        "A-2 depends on an item of a later phase (A-3)",
        "A-3 waits for phase 1, which cannot end",
    ]


def test_a_red_gate_keeps_later_phases_shut() -> None:
    """When a phase's items are done but its gate is red, the next phase waits for the gate."""
    backlog = backlog_of(item("A-1", status=DONE), item("A-2", phase=2), item("A-3", phase=3))
    stuck = stuck_items(backlog, 1, gate_failed=True)
    assert [str(each) for each in stuck] == [
        "A-2 waits for phase 1, which has not passed its gate",
        "A-3 waits for phase 1, which has not passed its gate",
    ]
    assert mends(backlog, stuck) == ()


def test_what_this_run_has_tried_is_stuck_for_this_run() -> None:
    """A tried item that a person has set back meanwhile waits for the next run."""
    backlog = backlog_of(item("A-1"), item("A-2", "A-1"))
    stuck = stuck_items(backlog, 1, tried=[ItemId("A-1")])
    assert [each.cause for each in stuck] == [Cause.TRIED, Cause.TRIED]


def test_waiting_is_not_being_stuck() -> None:
    """Whatever only waits for healthy items is not listed."""
    assert stuck_items(backlog_of(item("A-1"), item("A-2", "A-1"), item("A-3", phase=2)), 1) == ()


def test_long_chains_keep_their_root() -> None:
    """A chain of 10,000 items stays small: first steps, a count, the root; and it can be pickled."""
    rows = [item("A-1", status=FAILED), *(item(f"A-{n}", f"A-{n - 1}") for n in range(2, 10_001))]
    last = stuck_items(backlog_of(*rows), 1)[-1]
    assert last.root == "A-1"
    assert len(last.chain) + last.left_out == 9_999
    assert str(last).startswith("A-10000 waits for A-9999 → A-9998 → ")
    assert "(9987 more) → A-1, which failed" in str(last)
    assert pickle.loads(pickle.dumps(last)) == last  # noqa: S301 our own bytes


def test_the_mend_that_frees_most_comes_first() -> None:
    """Two roots: the one with more behind it is worth mending first."""
    backlog = backlog_of(
        item("A-1", status=FAILED), item("A-2", status=BLOCKED), item("A-3", "A-2"), item("A-4", "A-3")
    )
    found = mends(backlog, stuck_items(backlog, 1))
    assert [str(mend) for mend in found] == [
        "clear what blocks A-2, then set its status to not-started (frees 3 items)",
        "find out why A-1 failed, then set its status to not-started (frees 1 item)",
    ]


def test_the_mend_of_a_cycle_names_the_edge() -> None:
    """Which id to take out of which cell."""
    backlog = backlog_of(item("A-1", "A-2"), item("A-2", "A-1"), item("A-3", phase=2))
    assert [str(mend) for mend in mends(backlog, stuck_items(backlog, 1))] == [
        "take A-2 out of depends_on of A-1 (frees 3 items)"
    ]


def test_what_waits_for_two_roots_is_freed_by_neither() -> None:
    """No single edit helps an item with two troubles, nor the phase after it."""
    backlog = backlog_of(
        item("A-1", status=FAILED),
        item("A-2", status=FAILED),
        item("A-3", "A-1", "A-2"),
        item("A-4", phase=2),
    )
    assert [mend.frees for mend in mends(backlog, stuck_items(backlog, 1))] == [1, 1]


@given(backlogs(sound=True))
def test_mends_keep_their_promise(backlog: Backlog) -> None:
    """A mend frees exactly as many items as it says, measured by making the edit."""
    before = stuck_items(backlog, 1)
    promised = {mend.root: mend.frees for mend in mends(backlog, before)}
    for root in {each.root for each in before if each.phase is None}:
        after = stuck_items(with_status(backlog, root, ItemStatus.NOT_STARTED), 1)
        freed = {each.item for each in before} - {each.item for each in after}
        assert promised.get(root, 0) == len(freed)


@given(backlogs())
def test_every_stuck_item_has_a_reason_that_holds(backlog: Backlog) -> None:
    """Each step of a chain is a dependency of the one before it, and the root is in trouble of its own."""
    for each in stuck_items(backlog, 1):
        steps = (each.item, *each.chain)
        assert all(after in backlog[step].depends_on for step, after in pairwise(steps))
        if each.cause in (Cause.FAILED, Cause.BLOCKED):
            assert backlog[each.root].status in (FAILED, BLOCKED)


@pytest.mark.parametrize("layers", [1, 100])
def test_layers_that_depend_on_the_whole_layer_before_are_no_trouble(layers: int) -> None:
    """A hundred phases of ten, each item on the whole phase before, are walked in linear time."""
    rows = [
        item(f"L{layer}-{n}", *(f"L{layer - 1}-{m}" for m in range(10) if layer > 1), phase=layer)
        for layer in range(1, layers + 1)
        for n in range(10)
    ]
    rows[0] = replace(rows[0], status=FAILED)
    assert len(stuck_items(backlog_of(*rows), 1)) == 1 + 10 * (layers - 1)
