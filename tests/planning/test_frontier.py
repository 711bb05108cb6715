"""What may start now."""

from collections.abc import Collection
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tasks_lib.backlog.model import Backlog, ItemId, ItemStatus
from tasks_lib.planning.frontier import next_items, open_phase, stuck_items
from tests.planning.conftest import backlog_of, backlogs, item, with_status

DONE, FAILED, RUNNING = ItemStatus.DONE, ItemStatus.FAILED, ItemStatus.IN_PROGRESS


def ready(backlog: Backlog, *running: str, limit: int = 9, **more: Collection[ItemId]) -> tuple[str, ...]:
    chosen = next_items(
        backlog,
        running=[ItemId(each) for each in running],
        open_phase=1,
        limit=limit,
        tried=more.pop("tried", ()),
        **more,
    )
    return tuple(each.id for each in chosen)


def test_file_order_breaks_ties() -> None:
    """Of several ready items the first in the file goes first, whatever the ids say."""
    assert ready(backlog_of(item("A-3"), item("A-1"), item("A-2")), limit=2) == ("A-3", "A-1")


def test_dependencies_come_first() -> None:
    """An item starts only when everything it depends on is done."""
    backlog = backlog_of(item("A-1", status=DONE), item("A-2", "A-1"), item("A-3", "A-2"))
    assert ready(backlog) == ("A-2",)


def test_one_branch_one_item() -> None:
    """Items that share a branch never run together, be it with a running one or among themselves."""
    first, second = item("A-1", branch="fix/a", repo="api"), item("A-2", branch="fix/a", repo="web")
    backlog = backlog_of(first, second, item("A-3", branch="fix/b"), item("A-4"), item("A-5"))
    assert ready(backlog) == ("A-1", "A-3", "A-4", "A-5")
    assert ready(backlog, "A-2") == ("A-3", "A-4", "A-5")


def test_a_branch_that_a_person_changed_during_the_work_stays_taken() -> None:
    """The work goes on where it was begun; neither that branch nor the one in the row is anybody else's."""
    backlog = backlog_of(
        *(item(f"A-{n}", branch=name) for n, name in enumerate(("new", "old", "new", "x"), 1))
    )
    found = next_items(backlog, running=[ItemId("A-1")], open_phase=1, tried=(), limit=9, branches=["old"])
    assert [each.id for each in found] == ["A-4"]


def test_the_limit_counts_the_running_items() -> None:
    """With two of two at work, nothing else starts; nor with more than the limit."""
    backlog = backlog_of(item("A-1"), item("A-2"), item("A-3"))
    assert ready(backlog, "A-1", "A-2", limit=2) == ()
    assert ready(backlog, "A-1", "A-2", limit=1) == ()


def test_a_dead_run_leaves_nothing_behind() -> None:
    """An item that stands as in progress but that nothing runs is started again."""
    assert ready(backlog_of(item("A-1", status=RUNNING))) == ("A-1",)


def test_failed_items_wait_for_a_person() -> None:
    """Failed and blocked items start only when they are asked for by id, and a tried one not even then."""
    backlog = backlog_of(item("A-1", status=FAILED), item("A-2", status=ItemStatus.BLOCKED))
    asked = [ItemId("A-1"), ItemId("A-2")]
    assert ready(backlog) == ()
    assert ready(backlog, again=asked) == ("A-1", "A-2")
    assert ready(backlog, again=asked, tried=asked[:1]) == ("A-2",)


def test_done_work_is_never_asked_for_again() -> None:
    """Not even a person's wish starts an item that is done."""
    assert ready(backlog_of(item("A-1", status=DONE)), again=[ItemId("A-1")]) == ()


def test_a_row_that_a_person_deleted_while_it_ran_is_no_trouble() -> None:
    """A running id that the newest file no longer has still counts against the limit."""
    assert ready(backlog_of(item("A-1"), item("A-2")), "A-9", limit=2) == ("A-1",)


def test_the_branch_of_a_deleted_row_is_shared_with_nobody() -> None:
    """While it is still at work any named branch may be its own; only items with one of their own start."""
    backlog = backlog_of(item("A-1", branch="fix/one"), item("A-2"))
    assert ready(backlog, "A-9") == ("A-2",)
    assert ready(backlog) == ("A-1", "A-2")


def test_a_phase_is_open_until_its_gate_has_passed() -> None:
    """The gate of a phase whose items are all done comes before the next phase."""
    backlog = backlog_of(item("A-1", status=DONE), item("A-2", phase=2))
    assert open_phase(backlog, []) == 1
    assert open_phase(backlog, [1]) == 2
    assert open_phase(with_status(backlog, "A-2", DONE), [1, 2]) is None
    assert open_phase(backlog_of(), []) is None


def test_a_reopened_item_reopens_its_phase() -> None:
    """A gate that has passed is no excuse for an item that a person has set back."""
    assert open_phase(backlog_of(item("A-1"), item("A-2", phase=2)), [1, 2]) == 1


@given(backlogs(), st.integers(1, 4), st.data())
def test_any_run_ends_finished_or_with_stuck_items(backlog: Backlog, limit: int, data: st.DataObject) -> None:
    """Whatever the file and the agents do: dependencies first, one item per branch, one phase at a time."""
    gates: set[int] = set()
    tried: set[ItemId] = set()
    running: list[ItemId] = []
    while (phase := open_phase(backlog, gates)) is not None:
        started = next_items(backlog, running=running, open_phase=phase, tried=tried, limit=limit)
        check_start(backlog, started_ids := [each.id for each in started], running, limit)
        running += started_ids
        if running:
            ended = running.pop(data.draw(st.integers(0, len(running) - 1)))
            backlog = with_status(backlog, ended, data.draw(st.sampled_from([DONE, DONE, DONE, FAILED])))
            tried.add(ended)
        elif all(each.done for each in backlog.phase(phase)):
            gates.add(phase)
        else:
            stuck = {each.item for each in stuck_items(backlog, phase)}
            assert stuck == {each.id for each in backlog if not each.done}
            return
    assert backlog.finished


def check_start(backlog: Backlog, started: list[ItemId], running: list[ItemId], limit: int) -> None:
    together = [backlog[each] for each in (*running, *started)]
    branches = [each.branch for each in together if each.branch]
    earlier = [each for each in backlog if together and each.phase < together[0].phase]
    assert len(branches) == len(set(branches))
    assert len(together) <= limit
    assert all(backlog[other].done for each in started for other in backlog[each].depends_on)
    assert all(each.done for each in earlier)
    assert {each.phase for each in together} <= {together[0].phase} if together else True


@given(backlogs(sound=True))
def test_a_sound_backlog_of_fresh_items_finishes(backlog: Backlog) -> None:
    """Where every dependency can be met and every agent succeeds, everything gets done."""
    fresh = Backlog(tuple(replace(each, status=ItemStatus.NOT_STARTED) for each in backlog), backlog.phases)
    gates: list[int] = []
    while (phase := open_phase(fresh, gates)) is not None:
        started = next_items(fresh, running=(), open_phase=phase, tried=(), limit=3)
        for each in started:
            fresh = with_status(fresh, each.id, DONE)
        if not started:
            gates.append(phase)
    assert fresh.finished
