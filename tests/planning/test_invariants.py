"""What must hold on every commit that a run makes, whatever people do in between."""

import pytest

from tasks_lib.backlog.model import ItemId
from tasks_lib.planning import entries
from tasks_lib.planning.decisions import Decisions, decided, phase_asked
from tasks_lib.planning.invariants import INVARIANTS, Snapshot, violations
from tasks_lib.planning.questions import Matter, Question
from tasks_lib.ports import Edits, Ending, Outcome, Usage
from tests.planning.history import PATH, TEXT, History


@pytest.fixture
def history() -> History:
    return History()


def test_a_whole_run_is_clean(history: History) -> None:
    """From the first item to the last; columns that a table lacks are added on the way."""
    history.do("A-1", "A-2", "A-3", "B-1", "B-2")
    assert history.broken() == []
    assert history.backlog.finished
    assert history.data.count(b"| notes") == 2


def test_a_dead_runs_item_is_begun_again(history: History) -> None:
    """In progress stays in progress, with a new time, and what the dead run noted is dropped."""
    history.begin("A-1")
    history.write({"A-1": {"notes": "attempt 1 of 3: red"}})
    history.begin("A-1", run="two")
    history.end("A-1", run="two")
    assert history.broken() == []


@pytest.mark.parametrize("ending", [Ending.FAILED, Ending.BLOCKED])
def test_an_item_may_be_tried_once_more(history: History, ending: Ending) -> None:
    """It begins from failed or blocked, and what it used is counted anew."""
    history.begin("A-1")
    history.end("A-1", ending, used=90_000)
    history.begin("A-1", run="two")
    history.end("A-1", used=1_000, run="two")
    assert history.broken() == []


def test_one_commit_may_write_many_rows(history: History) -> None:
    """What a run left open is recorded in one commit at its end."""
    history.begin("A-1")
    history.begin("A-3")
    ending = {"status": "done", "completed_at": "2026-02-06", "used": "3K"}
    history.write({"A-1": ending, "A-3": ending})
    assert history.broken() == []


def test_an_item_may_be_given_back(history: History) -> None:
    """A run that is ended early sets its rows back to not-started."""
    history.begin("A-1")
    history.write({"A-1": {"status": "not-started", "agent": "", "started_at": "", "notes": "ended early"}})
    history.do("A-1", run="two")
    assert history.broken() == []


def test_a_question_may_be_asked_and_answered(history: History) -> None:
    """Before a phase that nothing has begun, and about an item that waits; yes readies it, no fails it."""
    history.begin("A-1")
    question = Question(Matter.DIFF, "changes CI", "0123456789abcdef")
    history.write(_ended(history, "A-1", Ending.WAITING, str(question)))
    history.write(decided(history.backlog, Decisions([ItemId("A-1")]), now=history.now), run="two")
    history.begin("A-1", run="two")
    history.write(_ended(history, "A-1", Ending.WAITING, str(question)), run="two")
    history.write(decided(history.backlog, Decisions((), [ItemId("A-1")], "no"), now=history.now), run="two")
    history.do("A-1", "A-2", "A-3", run="three")
    history.write(phase_asked(history.backlog, 2, now=history.now), run="three")
    history.write(decided(history.backlog, Decisions([ItemId("B-1")]), now=history.now), run="four")
    history.do("B-1", "B-2", run="four")
    assert history.broken() == []
    assert history.backlog.finished


def test_an_answer_without_its_question_is_found(history: History) -> None:
    """No run approves what was not asked, or something else than was asked."""
    history.begin("A-1")
    history.end("A-1", Ending.BLOCKED)
    history.write({"A-1": {"status": "failed", "notes": "Rejected: diff 0123456789abcdef: changes CI"}})
    assert history.broken() == [("begun-first", 2)]


def _ended(history: History, name: str, ending: Ending, notes: str) -> Edits:
    outcome = Outcome(ItemId(name), ending, notes=notes, usage=Usage(output=5_000))
    return entries.ended(history.backlog, history.backlog[name], outcome, now=history.now)


def test_people_may_do_anything(history: History) -> None:
    """Setting back, finishing by hand, deleting, adding, rewriting: no commit of a run is to blame for it."""
    history.do("A-1")
    history.set("A-1", status="not-started", completed_at="", used="99K")
    history.person("Prose that belongs to people", "Words")
    history.do("A-1")
    history.set("A-2", status="done", completed_at="1999-01-01")
    history.person("| A-3 | not-started | Do three |  |  |  |  |  |  |  |\n", "")
    history.do("B-1")
    history.person("| B-2 |", "| B-9 | not-started | Do nine |  |  |  |  |  |  |\n| B-2 |")
    history.do("B-9", "B-2")
    assert history.broken() == []


def test_a_broken_file_is_nobodys_fault_while_no_run_writes_on_it(history: History) -> None:
    """A person breaks it and mends it between two commits."""
    history.begin("A-1")
    history.person("| A-3 | not-started", "| A-1 | whatever")
    history.person("| A-1 | whatever", "| A-3 | not-started")
    history.end("A-1")
    assert history.broken() == []


def test_a_person_finishes_what_a_run_began(history: History) -> None:
    """The run finds its own status there already and adds the other cells."""
    history.begin("A-1")
    history.set("A-1", status="done")
    history.write({"A-1": {"completed_at": "2026-02-06", "used": "3K"}})
    assert history.broken() == []


def test_a_start_that_a_person_moved_is_theirs(history: History) -> None:
    """The run's own time of the end is not wrong by that."""
    history.begin("A-1")
    history.set("A-1", started_at="2030-01-01")
    history.end("A-1")
    assert history.broken() == []


def test_a_phase_that_was_over_is_not_opened_again(history: History) -> None:
    """A row that joins it late does not stop the run that is in the next phase; it waits for another one."""
    history.do("A-1", "A-2", "A-3")
    history.person("| A-3 |", "| A-4 | not-started | Late |  |  |  |  |  |  |  |\n| A-3 |")
    history.do("B-1", "B-2")
    assert history.broken() == []


def test_a_phase_that_only_people_made_over_counts(history: History) -> None:
    """They close it and open it again between two commits of a run, which may have gone on meanwhile."""
    history.do("A-1", "A-2")
    history.set("A-3", status="done")
    history.push()
    history.set("A-3", status="not-started")
    history.push()
    history.do("B-1")
    assert history.broken() == []


def test_what_no_run_has_seen_over_does_not(history: History) -> None:
    """What people pushed without making the phase over excuses nothing, nor does a file that is broken."""
    history.set("A-1", status="done")
    history.push()
    history.data = history.data.replace(b"| status |", b"| state |", 1)
    history.push()
    history.data = history.data.replace(b"| state |", b"| status |", 1)
    history.begin("B-1")
    assert history.broken() == [("phases-in-order", 2)]


def test_the_next_run_opens_it(history: History) -> None:
    """Another run that sees the late row has no reason to pass it by."""
    history.do("A-1", "A-2", "A-3")
    history.person("| A-3 |", "| A-4 | not-started | Late |  |  |  |  |  |  |  |\n| A-3 |")
    history.do("B-1")
    history.begin("B-2", run="two")
    assert history.broken() == [("phases-in-order", 8)]


def test_two_files_have_two_histories(history: History) -> None:
    """The same id in another tracking file of the branch is another item."""
    history.begin("A-1")
    other = History()
    other.begin("A-1", run="two", sha="f", operation="f", paths=("other.md",), path="other.md")
    history.end("A-1")
    first, second = history.commits
    assert list(violations([first, *other.commits, second])) == []


# From here on each history breaks exactly one invariant.


@pytest.mark.parametrize("parents", [0, 2])
def test_a_status_commit_has_one_parent(history: History, parents: int) -> None:
    """Neither the root of a history nor a merge is one."""
    history.commit(history.data, parents=parents, paths=(), path="", before=None, after=None)
    assert history.broken() == [("one-file", 0)]


@pytest.mark.parametrize("paths", [(), ("src/a.py",), (PATH, "src/a.py")])
def test_it_changes_the_tracking_file_alone(history: History, paths: tuple[str, ...]) -> None:
    """And it does change it."""
    if PATH in paths:
        history.begin("A-1", paths=paths)
    else:
        history.commit(history.data, paths=paths, path="", before=None, after=None)
    assert history.broken() == [("one-file", 0)]


def test_it_neither_makes_nor_deletes_it(history: History) -> None:
    """The file is there before and after."""
    history.commit(history.data, before=None)
    history.commit(history.data, after=None)
    assert history.broken() == [("one-file", 0), ("one-file", 1)]


@pytest.mark.parametrize("mode", ["120000", "100755", "160000"])
def test_it_leaves_a_regular_file(history: History, mode: str) -> None:
    """No link, no executable, no submodule."""
    history.begin("A-1", after=Snapshot(mode, b"elsewhere.md"))
    assert history.broken() == [("one-file", 0)]


@pytest.mark.parametrize("status", ["nonsense", ""])
def test_it_leaves_a_file_that_can_be_read(history: History, status: str) -> None:
    """Any error in it is one too many."""
    history.write({"A-1": {"status": status}})
    assert history.broken() == [("readable", 0)]


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", TEXT.encode()[:200]])
def test_it_is_made_on_a_file_that_can_be_read(history: History, data: bytes) -> None:
    """A run writes nothing on a file that a person broke."""
    history.begin("A-1", before=Snapshot("100644", data))
    assert history.broken() == [("readable", 0)]


def test_operations_are_unique(history: History) -> None:
    """An operation that was pushed is not done again."""
    history.begin("A-1")
    history.end("A-1", Ending.FAILED)
    history.begin("A-1", operation=f"{0:032x}")
    assert history.broken() == [("unique-operation", 2)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("# Work", "# Works"),
        ("with a bar.", "with a bar.\n"),
        ("Do three", "Do  three"),
        ("| Do three |  |", "| Do three | |"),
        ("| Do three |  |", "| Do three | A-1 |"),
        ("| A-3 |", "| A-7 |"),
        ("| used | notes |", "| used | Notes |"),
        ("|----|--------|", "|----|-------:|"),
        ("| Do three |  |  |  |  |  |  |  |\n", "| Do three |  |  |  |  |  |  |  |\r\n"),
        ("| A-3 | not-started | Do three |  |  |  |  |  |  |  |\n", ""),
        ("# Work", "\ufeff# Work"),
    ],
)
def test_nothing_but_planned_cells_changes(history: History, old: str, new: str) -> None:
    """Not a byte of the prose, of other cells, of their padding, of line ends."""
    data = history.data.replace(old.encode(), new.encode(), 1)
    assert data != history.data
    history.commit(data)
    assert {name for name, _ in history.broken()} == {"planned-cells"}


def test_only_planned_columns_are_added(history: History) -> None:
    """A table may get a column for notes, but no other one."""
    history.begin("B-1", before=Snapshot("100644", history.data))
    bad = History()
    bad.write({"A-1": {"reviewer": "nobody"}})
    assert {name for name, _ in bad.broken()} == {"planned-cells"}


def test_done_stays_done(history: History) -> None:
    """A run begins no done item."""
    history.do("A-1")
    history.begin("A-1")
    assert history.broken() == [("done-stays", 2)]


def test_an_item_ends_only_when_it_was_begun(history: History) -> None:
    """Not from not-started, and not from failed."""
    history.write({"A-1": {"status": "done"}})
    other = History()
    other.begin("A-1")
    other.end("A-1", Ending.FAILED)
    other.write({"A-1": {"status": "done"}})
    assert (history.broken(), other.broken()) == ([("begun-first", 0)], [("begun-first", 2)])


def test_an_item_begins_after_what_it_depends_on(history: History) -> None:
    """In progress is not done."""
    history.begin("A-1")
    history.write({"A-2": {"status": "in-progress", "agent": "claude", "started_at": "2026-02-05"}})
    assert history.broken() == [("dependencies-first", 1)]


def test_an_item_begins_after_the_earlier_phases(history: History) -> None:
    """A failed item keeps its phase open."""
    history.do("A-1", "A-2")
    history.begin("A-3")
    history.end("A-3", Ending.FAILED)
    history.begin("B-1")
    assert history.broken() == [("phases-in-order", 6)]


@pytest.mark.parametrize("item", ["A-1", "A-3"])
def test_one_run_is_at_an_item(history: History, item: str) -> None:
    """Once another run has taken one over, the first run is dead, and a dead one writes nothing of any."""
    history.begin("A-1")
    history.begin("A-3")
    history.begin("A-1", run="two")
    history.write({item: {"notes": "attempt 1 of 3: red"}}, run="one")
    history.end("A-1" if item == "A-3" else "A-3", run="two")
    assert history.broken() == [("one-live-run", 3)]


def test_a_take_over_may_be_unseen(history: History) -> None:
    """A beginning that changes no cell is no commit; whoever writes then took over, and the other is dead."""
    history.begin("A-1")
    history.begin("A-3")
    history.end("A-1", run="two")
    assert history.broken() == []
    history.end("A-3", run="one")
    assert history.broken() == [("one-live-run", 3)]


def test_a_run_may_come_back(history: History) -> None:
    """The same flow run, started again after another one: it begins what it goes on with."""
    history.begin("A-1")
    history.begin("A-1", run="two")
    history.begin("A-1", run="one")
    history.end("A-1", run="one")
    assert history.broken() == []


def test_times_go_forward(history: History) -> None:
    """An item is not completed before it is started."""
    history.begin("A-1")
    history.write({"A-1": {"status": "done", "completed_at": "2026-02-05T13:59:59Z", "used": "1K"}})
    assert history.broken() == [("times-in-order", 1)]


@pytest.mark.parametrize("used", ["2K", ""])
def test_used_only_grows(history: History, used: str) -> None:
    """Tokens that are spent do not come back."""
    history.begin("A-1")
    history.write({"A-1": {"used": "5K"}})
    history.write({"A-1": {"used": used}})
    assert history.broken() == [("used-grows", 2)]


def test_people_win(history: History) -> None:
    """What a person wrote into a row at work is overwritten neither at once nor later."""
    history.begin("A-1")
    history.set("A-1", used="7K")
    history.write({"A-1": {"notes": "attempt 1 of 3: red"}})
    assert history.broken() == []
    history.end("A-1")
    assert history.broken() == [("people-win", 2)]


def test_done_means_published(history: History) -> None:
    """It is asked once for each item that turns done, by a run alone."""
    history.set("A-3", status="done")
    history.do("A-1", "A-2")
    missing = {"A-1": "", "A-2": "its commit is not on fix/two"}
    assert history.broken(lambda item: missing[item.id]) == [("published", 3)]


def test_each_invariant_has_a_name_and_a_sentence() -> None:
    """The names are stable, so that programs can tell them apart."""
    names = [each.name for each in INVARIANTS]
    assert len(set(names)) == len(names) == 13
    assert all(each.sentence.endswith(".") for each in INVARIANTS)
