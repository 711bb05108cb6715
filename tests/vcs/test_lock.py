"""Who holds the lock: real processes, on one machine and on two, over a path and over git's own protocol."""

import pickle
import socket
from contextlib import ExitStack

import pytest

from tasks_lib.config import RunConfig
from tasks_lib.errors import LedgerError, LockError, LockHeld, LockLost
from tasks_lib.vcs import GitLedger, make_lock
from tests.vcs.conftest import Remote, git
from tests.vcs.runs import PLACES, SHORT, lock, locks, on, run, writers
from tests.vcs.test_ledger import FIRST


def test_a_second_run_ends_at_once_and_says_who_holds_the_lock_since_when(
    remote: Remote, served: RunConfig
) -> None:
    """On another machine as on the same one, and it writes nothing."""
    with run(on(served, "here"), "first") as first:
        assert first.says() == "holds"
        for machine in ("there", "here"):
            with run(on(served, machine), "second") as second:
                words = second.says()
            assert words.startswith("LockHeld: docs/tasks.md on main is being worked on")
            assert f"run first (host {socket.gethostname()}, pid {first.process.pid}) since 20" in words
        assert first.ask("one") == "wrote one"
        assert first.end() == "released"
    assert writers(remote) == ["first"]


def test_a_released_lock_stays_as_a_tombstone_and_counts_its_holders(
    remote: Remote, served: RunConfig
) -> None:
    """Its ref is never deleted, and the next run on any machine takes it at once."""
    for epoch, machine in enumerate(("here", "there", "here"), start=1):
        with run(on(served, machine), machine) as one:
            assert one.says() == "holds"
            assert f"Epoch: {epoch}\n" in lock(remote)
            assert "Released: no" in lock(remote)
            assert one.end() == "released"
        assert "Released: yes" in lock(remote)


def test_after_kill_9_the_same_machine_goes_on_at_once(remote: Remote, served: RunConfig) -> None:
    """The seat is empty, so nobody has to wait for the lease of an hour."""
    with run(on(served, "here"), "first") as first:
        assert first.says() == "holds"
        first.kill()
    with run(on(served, "here"), "second") as second:
        assert second.says() == "holds"
        assert second.ask("two") == "wrote two"
    assert writers(remote) == ["second"]


def test_after_kill_9_another_machine_goes_on_when_the_lease_is_over(served: RunConfig) -> None:
    """Runs that start too early end at once; what they saw is remembered for the one that comes in time."""
    with run(on(served, "here", SHORT), "first") as first:
        assert first.says() == "holds"
        first.kill()
    answers = []
    for _ in range(20):
        with run(on(served, "there"), "second") as second:
            answers.append(second.says())
        if answers[-1] == "holds":
            break
    assert [answer.split(":")[0] for answer in answers] == ["LockHeld"] * (len(answers) - 1) + ["holds"]
    assert len(answers) > 1


def test_with_patience_a_run_waits_for_the_lease(config: RunConfig) -> None:
    """For machines whose state does not outlive a run."""
    with run(on(config, "here", SHORT), "first") as first:
        assert first.says() == "holds"
        first.kill()
    with run(on(config, "there", patience=60), "second") as second:
        assert second.says() == "holds"


def test_a_lock_that_moves_is_never_taken_over(config: RunConfig) -> None:
    """A patient run ends as soon as it sees a sign of life, and the holder has lost nothing."""
    with run(on(config, "here", lease=6), "first") as first:
        assert first.says() == "holds"
        with run(on(config, "there", patience=60), "second") as second:
            assert second.says().startswith("LockHeld")
        assert first.ask("one") == "wrote one"


def test_a_frozen_run_that_wakes_up_after_its_lease_cannot_write(remote: Remote, served: RunConfig) -> None:
    """It ends, and says who has the lock now; neither its sign of life nor its write gets through."""
    with run(on(served, "here", SHORT), "first") as first:
        assert first.says() == "holds"
        first.freeze()
        with run(on(served, "there", patience=60), "second") as second:
            assert second.says() == "holds"
            held = lock(remote)
            first.thaw()
            words = first.ask("late")
            assert words.startswith("LockLost: run first lost the lock of docs/tasks.md on main: now held by")
            assert f"run second (host {socket.gethostname()}, pid {second.process.pid})" in words
            assert lock(remote) == held
            assert second.ask("two") == "wrote two"
    assert writers(remote) == ["second"]


def test_a_run_that_only_waits_learns_that_it_lost_the_lock(config: RunConfig) -> None:
    """The signs of life tell it, without a write."""
    with run(on(config, "here", SHORT), "first") as first:
        assert first.says() == "holds"
        first.freeze()
        with run(on(config, "there", patience=60), "second") as second:
            assert second.says() == "holds"
            first.thaw()
            assert first.ask("wait").startswith("LockLost")


def test_of_many_that_start_together_one_gets_the_lock(remote: Remote, served: RunConfig) -> None:
    """On a remote that never had a lock, and each on a machine of its own."""
    with ExitStack() as stack:
        starters = [stack.enter_context(run(on(served, f"machine-{n}"), f"run-{n}")) for n in range(4)]
        words = [each.says() for each in starters]
    assert words.count("holds") == 1
    assert all(each == "holds" or each.startswith("LockHeld") for each in words)
    assert len(locks(remote)) == 1


def test_a_deleted_lock_is_a_lost_lock(remote: Remote, config: RunConfig) -> None:
    """Whoever deletes it by hand takes the right to write away."""
    mine = make_lock(config, "first")
    ledger = GitLedger(config, run_id="first", pusher=mine)
    with mine.exclusive():
        git(remote.path, "update-ref", "-d", locks(remote)[0])
        with pytest.raises(LockLost, match="somebody deleted it"):
            ledger.record(lambda _: {FIRST: {"notes": "x"}}, "x")
        with pytest.raises(LockLost, match="somebody deleted it"):
            mine.check()
    assert locks(remote) == []


def test_two_locks_are_a_fault_for_a_person_to_mend(remote: Remote, config: RunConfig) -> None:
    """Which of them counts is not guessed."""
    with make_lock(config, "first").exclusive():
        (ref,) = locks(remote)
    git(remote.path, "update-ref", ref.replace(*PLACES), ref)
    with pytest.raises(LedgerError, match="two locks"), make_lock(config, "second").exclusive():
        pass


def test_each_tracking_file_has_a_lock_of_its_own(remote: Remote, config: RunConfig) -> None:
    """Two files of one repository can be worked on at the same time."""
    other = config.model_copy(update={"tracking_file": "docs/others.md"})
    with make_lock(config, "first").exclusive(), make_lock(other, "second").exclusive():
        assert len(locks(remote)) == 2


def test_what_somebody_else_wrote_as_a_lock_is_held_by_nobody_known(
    remote: Remote, config: RunConfig
) -> None:
    """It is waited for as any other, with our own lease."""
    with make_lock(config, "first").exclusive():
        (ref,) = locks(remote)
    git(remote.path, "update-ref", ref, "main")
    with pytest.raises(LockHeld, match="run unknown"), make_lock(on(config, "x", SHORT), "y").exclusive():
        pass
    with make_lock(on(config, "x", SHORT, patience=60), "second").exclusive():
        assert "Run: second" in lock(remote)


@pytest.mark.parametrize("kind", [LockError, LockHeld, LockLost])
def test_the_errors_cross_between_processes(kind: type[LockError]) -> None:
    """They survive pickling with their words."""
    copy = pickle.loads(pickle.dumps(kind("who and since when")))  # noqa: S301 our own bytes
    assert (type(copy), str(copy)) == (kind, "who and since when")
