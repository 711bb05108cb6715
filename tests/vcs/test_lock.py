"""One writer: real processes, on one machine and on two, over a path and over git's own protocol."""

import pickle
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tasks_lib.backlog.model import Backlog
from tasks_lib.config import RunConfig
from tasks_lib.errors import LedgerError, LockError, LockHeld, LockLost, PushRefused
from tasks_lib.ports import Edits
from tasks_lib.vcs import GitLedger, GitWorkspaces, make_lock
from tests.vcs.conftest import Remote, git, item, try_git, work
from tests.vcs.runs import SHORT, on, run
from tests.vcs.test_ledger import FIRST, person_appends

PLACES = ("refs/tasks-md/lock", "refs/heads/tasks-md-lock")


@pytest.fixture(params=["path", "daemon"])
def served(request: pytest.FixtureRequest, remote: Remote, config: RunConfig) -> Iterator[RunConfig]:
    """The configuration with the remote as a path, and behind a git daemon."""
    if request.param == "path":
        yield config
        return
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    daemon = subprocess.Popen(
        [
            *("git", "daemon", "--listen=127.0.0.1", f"--port={port}", "--reuseaddr", "--export-all"),
            *("--enable=receive-pack", f"--base-path={remote.path.parent}", str(remote.path.parent)),
        ],
        stdin=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    address = f"git://127.0.0.1:{port}/{remote.path.name}"
    try:
        while try_git(remote.person, "ls-remote", address).returncode != 0:
            assert daemon.poll() is None
        yield config.model_copy(update={"remote": address})
    finally:
        daemon.terminate()
        daemon.wait()


def locks(remote: Remote) -> list[str]:
    """Return the refs of the locks on the remote."""
    return git(remote.path, "for-each-ref", "--format=%(refname)", *PLACES).splitlines()


def lock(remote: Remote) -> str:
    """Return the message of the only lock."""
    (ref,) = locks(remote)
    return git(remote.path, "log", "-1", "--format=%B", ref)


def writers(remote: Remote) -> list[str]:
    """Return the run of every status commit, oldest first."""
    told = git(remote.path, "log", "--reverse", "--format=%(trailers:key=Run,valueonly)", "main")
    return told.split()


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


def test_every_status_push_moves_the_lock(remote: Remote, config: RunConfig) -> None:
    """A push that would leave the lock as it is would not be checked by git."""
    seen = set()
    with run(on(config, "here"), "first") as first:
        assert first.says() == "holds"
        for note in ("one", "two", "three"):
            seen.add(lock(remote))
            assert first.ask(note) == f"wrote {note}"
    assert len(seen) == 3
    assert git(remote.path, "fsck", "--strict", "--no-dangling") == ""


def test_publishing_is_fenced_too(remote: Remote, config: RunConfig) -> None:
    """The branch, its merge and the lock move together, or none of them."""
    mine = make_lock(config, "first")
    workspaces = GitWorkspaces(config, mine)
    with mine.exclusive():
        with workspaces.open(item()) as workspace:
            work(workspace.path, {"apps/api/a.py": "one = 2\n"})
            harvest = workspaces.harvest(item(), workspace)
        git(remote.path, "update-ref", locks(remote)[0], "main")
        with pytest.raises(LockLost):
            workspaces.publish(item(), harvest, {})
    assert remote.branches() == {"main"}


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
    words = "LockHeld"
    early = 0
    while words.startswith("LockHeld"):
        with run(on(served, "there"), "second") as second:
            words = second.says()
            early += words != "holds"
    assert words == "holds"
    assert early >= 1


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


def test_a_push_that_is_under_way_during_the_takeover_is_lost(
    remote: Remote, config: RunConfig, tmp_path: Path
) -> None:
    """Not even a push that the remote has accepted in part gets past the fence."""
    with run(on(config, "here", SHORT), "first") as first:
        assert first.says() == "holds"
        remote.hook(
            "pre-receive",
            f"grep -q refs/heads/main || exit 0; touch {tmp_path}/there\n"
            f"while test ! -e {tmp_path}/go; do sleep 0.05; done",
        )
        before = remote.sha("main")
        first.tell("late")
        while not (tmp_path / "there").exists():
            assert first.process.poll() is None
        with run(on(config, "there", patience=60), "second") as second:
            assert second.says() == "holds"
            (tmp_path / "go").touch()
            assert first.says().startswith("LockLost")
    assert remote.sha("main") == before


def test_of_many_that_start_together_one_gets_the_lock(remote: Remote, served: RunConfig) -> None:
    """On a remote that never had a lock, and each on a machine of its own."""
    starters = [run(on(served, f"machine-{number}"), f"run-{number}") for number in range(4)]
    entered = [starter.__enter__() for starter in starters]
    try:
        words = [each.says() for each in entered]
        assert words.count("holds") == 1
        assert all(each == "holds" or each.startswith("LockHeld") for each in words)
    finally:
        for starter in starters:
            starter.__exit__(None, None, None)
    assert len(locks(remote)) == 1


def test_frozen_and_woken_at_any_time_no_run_writes_after_its_successor(
    remote: Remote, config: RunConfig
) -> None:
    """Six runs follow each other, each freezing the one before in the middle of its writes."""
    frozen = []
    for number in range(6):
        each = run(on(config, f"machine-{number % 2}-{number}", SHORT, patience=60), f"run-{number}")
        one = each.__enter__()
        frozen.append((each, one))
        assert one.says() == "holds"
        for _, before in frozen[:-1]:
            before.thaw()
        for note in range(40):
            one.tell(f"{number}.{note}")
        for _ in range(number + 1):
            assert one.says().startswith("wrote")
        one.freeze()
    for each, one in frozen:
        one.thaw()
        each.__exit__(None, None, None)
    told = writers(remote)
    followed = [name for name, before in zip(told, [None, *told], strict=False) if name != before]
    assert followed == [f"run-{number}" for number in range(6)]


def refuse_outside(remote: Remote) -> None:
    """Take nothing but branches, and those only forward."""
    remote.hook("update", 'case "$1" in refs/heads/*) ;; *) echo "only branches here" >&2; exit 1;; esac')
    git(remote.path, "config", "receive.denyNonFastForwards", "true")


def hide_outside(remote: Remote) -> None:
    git(remote.path, "config", "transfer.hideRefs", "refs/tasks-md")


def drop_outside(remote: Remote) -> None:
    """Take refs outside of the branches, and lose them."""
    remote.hook(
        "post-receive", "git for-each-ref --format='delete %(refname)' refs/tasks-md | git update-ref --stdin"
    )


def allow_again(remote: Remote) -> None:
    for hook in ("update", "post-receive"):
        (remote.path / "hooks" / hook).unlink(missing_ok=True)
    try_git(remote.path, "config", "--unset-all", "transfer.hideRefs")


@pytest.mark.parametrize("rule", [refuse_outside, hide_outside, drop_outside])
def test_where_only_branches_are_taken_the_lock_is_a_branch(
    remote: Remote, served: RunConfig, rule: Callable[[Remote], None]
) -> None:
    """It works the same way there, and stays there when the rule is gone."""
    rule(remote)
    for machine in ("here", "there"):
        with run(on(served, machine), machine) as one:
            assert one.says() == "holds"
            assert one.ask(machine) == f"wrote {machine}"
            with run(on(served, "elsewhere"), "second") as second:
                assert second.says().startswith("LockHeld")
            assert one.end() == "released"
        assert [ref.rpartition("/")[0] for ref in locks(remote)] == ["refs/heads/tasks-md-lock"]
        allow_again(remote)
    assert writers(remote) == ["here", "there"]


def test_without_atomic_pushes_a_run_says_what_to_do(remote: Remote, config: RunConfig) -> None:
    """It does not go on unfenced unless the configuration says that one machine is all there is."""
    git(remote.path, "config", "receive.advertiseAtomic", "false")
    mine = make_lock(config, "first")
    with pytest.raises(PushRefused, match=r'(?s)atomic.*\[lock\] kind = "machine"'), mine.exclusive():
        pass
    alone = config.model_copy(update={"lock": config.lock.model_copy(update={"kind": "machine"})})
    with run(on(alone, "here"), "first") as first:
        assert first.says() == "holds"
        with run(on(alone, "here"), "second") as second:
            words = second.says()
        assert words.startswith("LockHeld")
        assert f"run first (host {socket.gethostname()}, pid {first.process.pid})" in words
        assert first.ask("one") == "wrote one"
    assert locks(remote) == []


@pytest.mark.parametrize("kind", ["ref", "machine"])
def test_nothing_is_written_before_and_after_the_lock_is_held(
    remote: Remote, config: RunConfig, kind: str
) -> None:
    """A ledger that was given a lock has no other way to the remote."""
    config = config.model_copy(update={"lock": config.lock.model_copy(update={"kind": kind})})
    before = remote.sha("main")
    mine = make_lock(config, "first")
    ledger = GitLedger(config, run_id="first", pusher=mine)
    for _ in range(2):
        with pytest.raises(LockError, match="run first does not hold the lock"):
            ledger.record(lambda _: {FIRST: {"notes": "x"}}, "x")
        with pytest.raises(LockError):
            mine.check()
        with mine.exclusive():
            mine.check()
    assert remote.sha("main") == before


def test_a_person_who_pushes_meanwhile_costs_a_retry_and_not_the_lock(
    remote: Remote, config: RunConfig
) -> None:
    """A lost race for the branch is told from a lost lock."""
    mine = make_lock(config, "first")
    ledger = GitLedger(config, run_id="first", pusher=mine)
    calls: list[int] = []

    def edit(_: Backlog) -> Edits:
        calls.append(1)
        if len(calls) == 1:
            person_appends(remote, "prose")
        return {FIRST: {"notes": "ours"}}

    with mine.exclusive():
        ledger.record(edit, "x", FIRST)
        mine.check()
    assert len(calls) == 2
    assert "prose" in remote.show("main", "docs/tasks.md")
    assert "ours" in remote.show("main", "docs/tasks.md")


def test_an_answer_that_is_cut_off_is_read_back_from_the_lock(
    remote: Remote, config: RunConfig, tmp_path: Path
) -> None:
    """The lock stands where the push put it, so the push has landed, and is not made twice."""
    mine = make_lock(config.model_copy(update={"git_timeout": 1.5}), "first")
    ledger = GitLedger(config, run_id="first", pusher=mine)
    with mine.exclusive():
        remote.hook("post-receive", f"test -e {tmp_path}/once && exit; touch {tmp_path}/once; sleep 20")
        ledger.record(lambda _: {FIRST: {"notes": "one"}}, "x", FIRST)
        mine.check()
        ledger.record(lambda _: {FIRST: {"notes": "two"}}, "x", FIRST)
    assert writers(remote) == ["first", "first"]


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
