"""Several processes of one run write under its lock, and no process of any other."""

import socket
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from tasks_lib.backlog.model import Backlog
from tasks_lib.config import LockConfig, RunConfig
from tasks_lib.errors import LockError, LockLost
from tasks_lib.ports import Edits
from tasks_lib.vcs import GitLedger, make_lock
from tasks_lib.vcs.push import PushState
from tests.vcs.conftest import Remote, git
from tests.vcs.runs import SHORT, lock, on, run, writers
from tests.vcs.test_ledger import FIRST

FIRST_TIME = "1"


def noting(note: str) -> Callable[[Backlog], Edits]:
    return lambda _: {FIRST: {"notes": note}}


def test_processes_of_one_run_write_at_the_same_time(remote: Remote, config: RunConfig) -> None:
    """Three machines, one lock: nobody is taken for another run, every entry is there once."""
    names = ("first", "other", "third")
    notes = {name: [f"{name}-{number}" for number in range(4)] for name in names}
    with ExitStack() as stack:
        first = stack.enter_context(run(on(config, "here", lease=3), "first"))
        assert first.says() == "holds"
        others = [stack.enter_context(run(on(config, name), "first", FIRST_TIME)) for name in names[1:]]
        assert [other.says() for other in others] == ["joined", "joined"]
        at_work = dict(zip(names, (first, *others), strict=True))
        for name, each in at_work.items():
            for note in notes[name]:
                each.tell(note)
        for name, each in at_work.items():
            assert [each.says() for _ in notes[name]] == [f"wrote {note}" for note in notes[name]]
        assert "Epoch: 1\n" in lock(remote)
        assert others[0].end() == "left"
        assert "Released: no" in lock(remote), "who joined does not release"
        assert first.end() == "released"
    written = git(remote.path, "log", "--format=%s", "main").splitlines()
    assert sorted(written) == sorted(["Begin", *(note for each in notes.values() for note in each)])
    assert set(writers(remote)) == {"first"}


def test_a_takeover_is_a_loss_for_every_process_of_the_run(remote: Remote, config: RunConfig) -> None:
    """Also for one that did not stand still itself."""
    with run(on(config, "here", SHORT), "first") as first:
        assert first.says() == "holds"
        with run(on(config, "there"), "first", FIRST_TIME) as other:
            assert other.says() == "joined"
            assert other.ask("one") == "wrote one"
            first.freeze()
            with run(on(config, "elsewhere", patience=60), "second") as second:
                assert second.says() == "holds"
                words = other.ask("late")
                assert words.startswith("LockLost: run first lost the lock of docs/tasks.md on main")
                assert f"now held by run second (host {socket.gethostname()}" in words
                first.thaw()
                assert first.ask("late").startswith("LockLost")
                assert second.ask("two") == "wrote two"
    assert writers(remote) == ["first", "second"]


def test_only_the_run_that_holds_the_lock_can_be_joined(remote: Remote, config: RunConfig) -> None:
    """Not before it has taken it, not after it has released it, and not by another name."""
    mine, other, stranger = (make_lock(on(config, name), "first") for name in ("here", "there", "x"))
    with pytest.raises(LockError, match="there is none"):
        other.join(FIRST_TIME)
    with mine.exclusive():
        other.join(mine.token)
        ledger = GitLedger(on(config, "there"), run_id="first", pusher=other)
        ledger.record(noting("one"), "one")
        with pytest.raises(LockError, match=r"run second does not hold the lock.*now held by run first"):
            make_lock(on(config, "x"), "second").join(mine.token)
    with pytest.raises(LockLost, match="released"):
        ledger.record(noting("late"), "late")
    with pytest.raises(LockError, match="released"):
        stranger.join(FIRST_TIME)
    assert writers(remote) == ["first"]


def test_what_an_earlier_process_of_the_run_started_cannot_join_a_later_one(
    remote: Remote, config: RunConfig
) -> None:
    """A flow run that is retried has the same name: what its dead process left at work is not part of it."""
    early, late = (make_lock(on(config, name), "first") for name in ("early", "late"))
    ledger = GitLedger(on(config, "early"), run_id="first", pusher=early)
    leader = make_lock(on(config, "here"), "first")
    with leader.exclusive():
        early.join(stale := leader.token)
        ledger.record(noting("one"), "one")
    with leader.exclusive():
        with pytest.raises(LockError, match="does not hold"):
            early.join(stale)
        with pytest.raises(LockLost):
            ledger.record(noting("stale"), "stale")
        late.join(leader.token)
    assert writers(remote) == ["first"]


def test_a_run_that_is_started_twice_holds_the_lock_once(config: RunConfig) -> None:
    """The same name is not enough: a second process that wants to lead the run finds the lock held."""
    with ExitStack() as stack:
        starters = [stack.enter_context(run(on(config, f"machine-{n}"), "same")) for n in range(3)]
        words = [each.says() for each in starters]
    assert words.count("holds") == 1
    assert all(each == "holds" or each.startswith(("LockHeld", "LockLost")) for each in words)


def test_two_that_push_from_the_same_place_are_told_apart(remote: Remote, config: RunConfig) -> None:
    """Both saw the same lock and write in the same second; the slower one moves it on from there."""
    here, there = (make_lock(on(config, name), "first") for name in ("here", "there"))
    start = remote.sha("main")
    leader = make_lock(on(config, "leader"), "first")
    with leader.exclusive():
        here.join(leader.token)
        there.join(leader.token)
        for machine in ("here", "there"):
            GitLedger(on(config, machine)).read()
        seen = [lock(remote)]
        for each, branch in ((here, "one"), (there, "two")):
            assert each.push({branch: start}).state is PushState.ACCEPTED
            seen.append(lock(remote))
    assert len(set(seen)) == 3
    assert remote.branches() == {"main", "one", "two"}


@pytest.mark.parametrize("hook", ["pre-receive", "post-receive"])
def test_a_push_without_an_answer_is_told_by_its_branches_when_the_lock_went_on(
    remote: Remote, config: RunConfig, tmp_path: Path, hook: str
) -> None:
    """Landed or not, another process of the run moved the lock after it: the entry is there once."""
    with ExitStack() as stack:
        first = stack.enter_context(run(on(config, "here"), "first"))
        assert first.says() == "holds"
        other = stack.enter_context(run(on(config, "there"), "first", FIRST_TIME))
        assert other.says() == "joined"
        remote.hook(
            hook,
            f"mkdir {tmp_path}/once 2>/dev/null || exit 0\n"
            f"while test ! -e {tmp_path}/go; do sleep 0.05; done; kill -9 $PPID",
        )
        other.tell("unknown")
        while not (tmp_path / "once").exists():
            assert other.process.poll() is None
        assert first.ask("between") == "wrote between"
        (tmp_path / "go").touch()
        assert other.says() == "wrote unknown"
        assert first.end() == "released"
    written = git(remote.path, "log", "--format=%s", "main").splitlines()
    assert sorted(written) == ["Begin", "between", "unknown"]


def test_the_lock_of_one_machine_cannot_be_joined(config: RunConfig) -> None:
    """Nothing would keep another process of a dead run from writing."""
    alone = config.model_copy(update={"lock": LockConfig(kind="machine")})
    with make_lock(alone, "first").exclusive(), pytest.raises(LockError, match='need kind = "ref"'):
        make_lock(alone, "first").join(FIRST_TIME)
