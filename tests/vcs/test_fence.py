"""Every push is fenced by the lock, wherever the host lets the lock be."""

import socket
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from tasks_lib.backlog.model import Backlog
from tasks_lib.config import RunConfig
from tasks_lib.errors import LockError, LockLost, PushRefused
from tasks_lib.ports import Edits
from tasks_lib.vcs import GitLedger, GitWorkspaces, make_lock
from tests.vcs.conftest import Remote, git, item, try_git, work
from tests.vcs.runs import SHORT, Run, lock, locks, on, run, writers
from tests.vcs.test_ledger import FIRST, person_appends


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


def test_frozen_and_woken_at_any_time_no_run_writes_after_its_successor(
    remote: Remote, config: RunConfig
) -> None:
    """Six runs follow each other, each freezing the one before in the middle of its writes."""
    frozen: list[Run] = []
    with ExitStack() as stack:
        for number in range(6):
            machine = on(config, f"machine-{number}", SHORT, patience=60)
            one = stack.enter_context(run(machine, f"run-{number}"))
            assert one.says() == "holds"
            for before in frozen:
                before.thaw()
            for note in range(40):
                one.tell(f"{number}.{note}")
            for _ in range(number + 1):
                assert one.says().startswith("wrote")
            one.freeze()
            frozen.append(one)
        frozen[-1].thaw()
        for one in frozen[:-1]:
            assert any(line.startswith("LockLost") for line in iter(one.says, ""))
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
