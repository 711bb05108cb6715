"""The history of a tracking branch in real repositories: found whole, and judged."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from tasks_lib.backlog.model import Backlog, Item, ItemId
from tasks_lib.config import RunConfig
from tasks_lib.errors import ConfigError
from tasks_lib.planning import entries
from tasks_lib.planning.invariants import StatusCommit, violations
from tasks_lib.ports import Edits, Ending, Outcome, Usage
from tasks_lib.vcs import GitLedger, GitWorkspaces
from tasks_lib.vcs.history import History, open_repository
from tasks_lib.vcs.mirror import Mirror
from tests.vcs.conftest import TRACKING, Remote, git, item, work

FIRST, SECOND = ItemId("MS-SEC-001"), ItemId("MS-SEC-002")
FILE = "docs/tasks.md"
NOON = datetime(2026, 2, 5, 12, tzinfo=UTC)
OPERATION = "0123456789abcdef" * 2


class Run:
    """Real entries in a real ledger, an hour apart."""

    def __init__(self, config: RunConfig, name: str = "run-7") -> None:
        self.ledger = GitLedger(config, run_id=name)
        self._now = NOON
        self._rows: dict[ItemId, Item] = {}

    def begin(self, name: ItemId) -> None:
        row = self.ledger.read()[name]
        self._write(name, lambda b, now: entries.started(b, row, agent="claude", now=now), "in-progress")

    def refuse(self, name: ItemId) -> None:
        mine = self._rows[name]
        self._write(
            name, lambda b, _: entries.refused(b, mine, attempt=1, attempts=3, why="red"), "attempt 1 of 3"
        )

    def end(self, name: ItemId, ending: Ending = Ending.DONE) -> None:
        mine, outcome = self._rows[name], Outcome(name, ending, usage=Usage(output=5_000))
        self._write(name, lambda b, now: entries.ended(b, mine, outcome, now=now), ending)

    def _write(self, name: ItemId, entry: Callable[[Backlog, datetime], Edits], subject: str) -> None:
        self._now += timedelta(hours=1)
        now = self._now
        backlog = self.ledger.record(lambda backlog: entry(backlog, now), f"{name}: {subject}", name)
        self._rows[name] = backlog[name]


@pytest.fixture
def run(config: RunConfig) -> Run:
    return Run(config)


def opened(path: Path, config: RunConfig, *files: str) -> History:
    return History(open_repository(path, 20), config, files)


def broken(history: History) -> list[tuple[str, str]]:
    """Return subject and invariant of each violation."""
    found = violations(history.versions(), history.unpublished)
    return [(each.subject, each.invariant) for each in found]


def status_commits(history: History) -> list[StatusCommit]:
    return [each for each in history.versions() if isinstance(each, StatusCommit)]


def publish(workspaces: GitWorkspaces, number: int, branch: str) -> None:
    one = item(number, branch)
    with workspaces.open(one) as workspace:
        work(workspace.path, {f"apps/api/{number}.py": "x = 1\n"}, f"fix: {number}\n\nOperation: {OPERATION}")
        workspaces.publish(one, workspaces.harvest(one, workspace), {"Used": "5K"})


def forge(remote: Remote, files: dict[str, str | None], subject: str = "Forged") -> None:
    """Let a person push a commit that says it is the ledger's."""
    git(remote.person, "pull", "-q", "origin", "main")
    remote.commit("main", files)
    git(remote.person, "commit", "-q", "--amend", "-m", f"{subject}\n\nRun: run-7\nOperation: {OPERATION}")
    git(remote.person, "push", "-q", "--force", "origin", "main")


def test_what_a_run_writes_is_clean(
    remote: Remote, config: RunConfig, run: Run, workspaces: GitWorkspaces
) -> None:
    """Attempts, endings, published work, and people who push in between."""
    run.begin(FIRST)
    run.refuse(FIRST)
    remote.commit("main", {"notes.txt": "by a person\n"})
    publish(workspaces, 1, "fix/auth")
    run.end(FIRST)
    run.begin(SECOND)
    publish(workspaces, 2, "")
    run.end(SECOND)
    history = opened(remote.path, config)
    assert broken(history) == []
    assert [commit.subject for commit in status_commits(history)] == [
        "MS-SEC-001: in-progress",
        "MS-SEC-001: attempt 1 of 3",
        "MS-SEC-001: done",
        "MS-SEC-002: in-progress",
        "MS-SEC-002: done",
    ]
    assert len(history.commits) == 7


def test_a_dead_run_and_a_failed_item_are_clean(remote: Remote, config: RunConfig, run: Run) -> None:
    """Another run begins the item again, and once more after it failed."""
    run.begin(FIRST)
    second = Run(config, "run-8")
    second.begin(FIRST)
    second.end(FIRST, Ending.FAILED)
    Run(config, "run-9").begin(FIRST)
    assert broken(opened(remote.path, config)) == []


def test_a_phase_that_only_people_closed_and_opened_again_is_clean(
    remote: Remote, config: RunConfig, run: Run
) -> None:
    """The run saw it over in between; that no commit of its own shows that is no fault."""
    *text, head, ruler, first, second = TRACKING.splitlines(keepends=True)
    later = ["\n## Phase 2 - Then\n\n", head, ruler, second.replace("MS-SEC-001", "")]
    open_ = "".join([*text, head, ruler, first.replace("MS-SEC-002", ""), *later])
    for version in (open_, open_.replace("not-started", "done", 1), open_):
        remote.commit("main", {FILE: version})
    run.begin(SECOND)
    assert broken(opened(remote.path, config)) == []


def test_the_last_entry_of_a_run_is_clean(remote: Remote, config: RunConfig, run: Run) -> None:
    """It writes every row that is open in one commit, without a trailer for an item."""
    remote.commit(
        "main", {FILE: TRACKING.replace("| MS-SEC-001 |  |", "|  |  |").replace("MS-SEC-002 |  |", " |  |")}
    )
    run.begin(FIRST)
    run.begin(SECOND)
    rows = run.ledger.read()
    outcomes = [Outcome(name, Ending.FAILED, notes="no answer", row=rows[name]) for name in (FIRST, SECOND)]
    now = NOON + timedelta(hours=9)
    run.ledger.record(lambda b: entries.unsettled(b, outcomes, now=now), "Record what the run left open")
    history = opened(remote.path, config)
    assert broken(history) == []
    assert len(status_commits(history)) == 3


def test_commits_behind_a_persons_merge_are_judged(remote: Remote, config: RunConfig, run: Run) -> None:
    """Who pulls with a merge and pushes puts the orchestrator's commits behind the second parent."""
    run.begin(FIRST)
    run.ledger.record(lambda _: {SECOND: {"status": "done"}}, "A bad one", SECOND)
    (remote.person / "own.txt").write_text("mine\n")
    git(remote.person, "add", "-A")
    git(remote.person, "commit", "-q", "-m", "Own work")
    git(remote.person, "fetch", "-q", "origin")
    git(remote.person, "merge", "-q", "--no-ff", "-m", "Merge main", "origin/main")
    git(remote.person, "push", "-q", "origin", "main")
    assert "A bad one" not in git(remote.path, "log", "--first-parent", "--format=%s", "main")
    assert ("A bad one", "begun-first") in broken(opened(remote.path, config))


def test_what_agents_commit_is_not_judged(
    remote: Remote, config: RunConfig, run: Run, workspaces: GitWorkspaces
) -> None:
    """Their commits may say what they like, also when people merge the integration branch."""
    run.begin(FIRST)
    publish(workspaces, 1, "fix/auth")
    run.end(FIRST)
    git(remote.person, "pull", "-q", "origin", "main")
    git(remote.person, "fetch", "-q", "origin")
    git(remote.person, "merge", "-q", "--no-ff", "-m", "Take it", f"origin/{config.integration_branch}")
    git(remote.person, "push", "-q", "origin", "main", f":{config.integration_branch}")
    history = opened(remote.path, config)
    assert history.integration is None
    assert broken(history) == []


def test_trailers_of_people_are_theirs(remote: Remote, config: RunConfig) -> None:
    """Only the ledger's own form of an operation makes a status commit."""
    git(remote.person, "commit", "-q", "--allow-empty", "-m", "Clean up\n\nOperation: spring cleaning")
    git(remote.person, "push", "-q", "origin", "main")
    assert status_commits(opened(remote.path, config)) == []


def test_other_files_are_found(remote: Remote, config: RunConfig) -> None:
    """A status commit that touches more than the tracking file is named."""
    forge(remote, {"src/x.py": "x = 1\n", "ä b.txt": "y\n"})
    assert broken(opened(remote.path, config)) == [("Forged", "one-file")]
    paths = status_commits(opened(remote.path, config))[0].paths
    assert paths == ("src/x.py", "ä b.txt")


def test_a_link_in_the_files_place_is_found(remote: Remote, config: RunConfig) -> None:
    """It is not followed."""
    git(remote.person, "rm", "-q", FILE)
    (remote.person / FILE).parent.mkdir()
    (remote.person / FILE).symlink_to("/etc/passwd")
    git(remote.person, "add", "-A")
    git(remote.person, "commit", "-q", "-m", f"Forged\n\nOperation: {OPERATION}")
    git(remote.person, "push", "-q", "origin", "main")
    assert broken(opened(remote.path, config)) == [("Forged", "one-file")]


def test_a_file_that_is_broken_is_found(remote: Remote, config: RunConfig) -> None:
    """The message names the first thing that is wrong."""
    forge(remote, {FILE: TRACKING.replace("not-started", "nonsense", 1)})
    history = opened(remote.path, config)
    (found,) = violations(history.versions())
    assert found.invariant == "readable"
    assert "nonsense" in found.message


def test_an_operation_twice_is_found(remote: Remote, config: RunConfig) -> None:
    """A cherry-picked status commit is one too many."""
    begun = TRACKING.replace(
        "not-started | Check the token |  | api | fix/auth |  | MS-SEC-002 |  |  |",
        "in-progress | Check the token |  | api | fix/auth |  | MS-SEC-002 | claude | 2026-02-05 |",
    )
    assert begun != TRACKING
    forge(remote, {FILE: begun})
    forge(remote, {FILE: begun.replace("2026-02-05", "2026-02-06")}, "Again")
    assert broken(opened(remote.path, config)) == [("Again", "unique-operation")]


def test_done_without_a_merge_is_found(remote: Remote, config: RunConfig, run: Run) -> None:
    """It says what is missing."""
    run.begin(FIRST)
    run.end(FIRST)
    history = opened(remote.path, config)
    assert broken(history) == [("MS-SEC-001: done", "published")]
    assert history.unpublished(item()) == f"no merge of it is on {config.integration_branch}"


def test_a_branch_that_lost_its_commit_is_found(
    remote: Remote, config: RunConfig, run: Run, workspaces: GitWorkspaces
) -> None:
    """One that was deleted after the merge is none of it, one that says otherwise is."""
    run.begin(FIRST)
    publish(workspaces, 1, "fix/auth")
    run.end(FIRST)
    git(remote.path, "branch", "-q", "-D", "fix/auth")
    assert broken(opened(remote.path, config)) == []
    git(remote.path, "branch", "fix/auth", "main")
    assert broken(opened(remote.path, config)) == [("MS-SEC-001: done", "published")]
    assert "is not on fix/auth" in opened(remote.path, config).unpublished(item())


def test_a_shared_branch_may_have_gone_on(
    remote: Remote, config: RunConfig, run: Run, workspaces: GitWorkspaces
) -> None:
    """The commit is in its history."""
    run.begin(FIRST)
    publish(workspaces, 1, "fix/auth")
    run.end(FIRST)
    publish(workspaces, 2, "fix/auth")
    assert broken(opened(remote.path, config)) == []


def test_a_checkout_tells_what_it_fetched(remote: Remote, config: RunConfig, run: Run) -> None:
    """Of a clone, the remote's branches count, not the person's own; a worktree is one too."""
    run.begin(FIRST)
    git(remote.person, "fetch", "-q", "origin")
    git(remote.person, "worktree", "add", "-q", "--detach", str(remote.person.parent / "tree"))
    for path in (remote.person, remote.person / ".git", remote.person.parent / "tree"):
        history = opened(path, config)
        assert history.ref == "refs/remotes/origin/main"
        assert history.tip == remote.sha("main")
        assert len(status_commits(history)) == 1


def test_our_own_clone_is_as_good(remote: Remote, config: RunConfig, run: Run) -> None:
    """What the ledger fetched has the same history."""
    run.begin(FIRST)
    mirror = Mirror(config)
    mirror.fetch()
    assert History(mirror.git, config).tip == remote.sha("main")
    assert broken(History(mirror.git, config)) == []


def test_a_former_name_of_the_file_may_be_given(remote: Remote, config: RunConfig, run: Run) -> None:
    """Without it, commits on that name are commits on another file."""
    run.begin(FIRST)
    text = remote.show("main", FILE)
    remote.commit("main", {FILE: None, "TASKS.md": text})
    assert broken(opened(remote.path, config, "TASKS.md")) == [("MS-SEC-001: in-progress", "one-file")]
    assert broken(opened(remote.path, config, "TASKS.md", FILE)) == []


def test_many_commits_are_read_in_several_calls(
    remote: Remote, config: RunConfig, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last version of one call is the first of the next."""
    monkeypatch.setattr("tasks_lib.vcs.history._AT_ONCE", 2)
    run.begin(FIRST)
    for _ in range(4):
        run.refuse(FIRST)
        Run(config, "run-8").begin(FIRST)
        run.begin(FIRST)
    commits = status_commits(opened(remote.path, config))
    assert len(commits) == 13
    assert all(one.after == other.before for one, other in pairwise(commits))


def test_nothing_that_a_repository_configures_is_run(
    remote: Remote, config: RunConfig, run: Run, tmp_path: Path
) -> None:
    """Pagers, monitors, filters, signature programs and aliases stay unused."""
    run.begin(FIRST)
    git(remote.person, "fetch", "-q", "origin")
    script = tmp_path / "planted"
    script.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    script.chmod(0o755)
    for name in (
        *("core.pager", "core.fsmonitor", "core.sshCommand", "core.editor", "diff.external"),
        *(
            "gpg.program",
            "filter.x.smudge",
            "diff.x.textconv",
            "alias.rev-list",
            "uploadpack.packObjectsHook",
        ),
    ):
        git(remote.person, "config", name, str(script))
    git(remote.person, "config", "log.showSignature", "true")
    (remote.person / ".git/info/attributes").write_text("* filter=x diff=x\n")
    assert broken(opened(remote.person, config)) == []
    assert not (tmp_path / "ran").exists()


def test_what_cannot_be_judged_is_said(remote: Remote, config: RunConfig, tmp_path: Path) -> None:
    """No repository, no branch, no file, half a history."""
    with pytest.raises(ConfigError, match="no git repository"):
        opened(tmp_path, config)
    with pytest.raises(ConfigError, match="no branch 'other'"):
        opened(remote.path, config.model_copy(update={"tracking_branch": "other"}))
    with pytest.raises(ConfigError, match=r"no else\.md on main"):
        opened(remote.path, config, "else.md")
    remote.commit("main", {"more.txt": "x\n"})
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{remote.path}", "shallow")
    with pytest.raises(ConfigError, match="unshallow"):
        opened(tmp_path / "shallow", config)
