"""The tracking file on a real remote: no lost update, no needless commit, no guess."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tasks_lib.backlog.model import Backlog, ItemId, ItemStatus
from tasks_lib.config import RunConfig
from tasks_lib.errors import BacklogError, PushRefused, RemoteUnavailable, TrackingFileLost
from tasks_lib.ports import Edits
from tasks_lib.vcs import GitLedger
from tests.vcs.conftest import TRACKING, Remote, git, try_git

FIRST, SECOND = ItemId("MS-SEC-001"), ItemId("MS-SEC-002")


@pytest.fixture
def ledger(config: RunConfig) -> GitLedger:
    return GitLedger(config, run_id="run-7")


def start(backlog: Backlog) -> Edits:
    """Begin the first item, if it is not begun."""
    begun = backlog[FIRST].status is not ItemStatus.NOT_STARTED
    return {} if begun else {FIRST: {"status": "in-progress", "agent": "claude"}}


def test_reading_is_of_the_newest(remote: Remote, ledger: GitLedger) -> None:
    """Each call sees what the remote holds then."""
    assert ledger.read()[FIRST].status is ItemStatus.NOT_STARTED
    remote.commit("main", {"docs/tasks.md": TRACKING.replace("not-started", "done")})
    assert ledger.read()[FIRST].status is ItemStatus.DONE


def test_a_record_is_one_commit_with_trailers(remote: Remote, ledger: GitLedger) -> None:
    """It changes the named cells and nothing else, and its message tells item, run and operation."""
    before = remote.sha("main")
    backlog = ledger.record(start, "MS-SEC-001: in-progress", FIRST)
    assert backlog[FIRST].status is ItemStatus.IN_PROGRESS
    text = remote.show("main", "docs/tasks.md")
    assert text.splitlines()[:8] == TRACKING.splitlines()[:8]
    assert remote.sha("main^") == before
    assert git(remote.path, "diff", "--name-only", "main^", "main") == "docs/tasks.md"
    message = git(remote.path, "log", "-1", "--format=%cn <%ce>%n%B", "main").splitlines()
    assert message[:5] == [
        "Orchestrator <orchestrator@example.org>",
        "MS-SEC-001: in-progress",
        "",
        "Item: MS-SEC-001",
        "Run: run-7",
    ]
    assert message[5].startswith("Operation: ")
    assert git(remote.path, "fsck", "--strict") == ""


def test_bytes_outside_of_the_cells_stay(remote: Remote, ledger: GitLedger) -> None:
    """Line ends, odd separators, trailing blanks and a missing last line end are as they were."""
    odd = TRACKING.replace("\n", "\r\n") + "\r\nlast \t line without end \u2028 "
    remote.commit("main", {"docs/tasks.md": odd})
    ledger.record(lambda _: {FIRST: {"status": "blocked"}}, "MS-SEC-001: blocked", FIRST)
    row = next(line for line in odd.split("\r\n") if line.startswith("| MS-SEC-001"))
    kept = odd.replace(row, "")
    found = remote.show("main", "docs/tasks.md")
    assert [part for part in kept.split("\r\n") if part and part not in found] == []
    assert found.endswith("without end \u2028 ")
    assert found.count("\r\n") == odd.count("\r\n")


def test_many_edits_are_one_commit(remote: Remote, ledger: GitLedger) -> None:
    """All changes of one decision go together."""
    before = remote.sha("main")
    ledger.record(lambda b: {item.id: {"status": "blocked"} for item in b}, "Blocked")
    assert remote.sha("main^") == before
    assert {item.status for item in ledger.read()} == {ItemStatus.BLOCKED}


@pytest.mark.parametrize("edits", [{}, {FIRST: {}}, {FIRST: {"status": "not-started"}}])
def test_nothing_new_is_no_commit(remote: Remote, ledger: GitLedger, edits: Edits) -> None:
    """An edit that changes no byte leaves the branch alone."""
    before = remote.sha("main")
    assert len(ledger.record(lambda _: edits, "Nothing")) == 2
    assert remote.sha("main") == before


def test_a_lost_race_is_decided_again_on_the_new_tip(remote: Remote, ledger: GitLedger) -> None:
    """A person's push in between survives, and the edit sees it before it decides."""
    seen: list[str] = []

    def edit(backlog: Backlog) -> Edits:
        seen.append(backlog[SECOND].status)
        if len(seen) == 1:
            theirs = TRACKING.replace("| MS-SEC-002 | not-started", "| MS-SEC-002 | blocked")
            remote.commit("main", {"docs/tasks.md": theirs})
        return start(backlog)

    backlog = ledger.record(edit, "MS-SEC-001: in-progress", FIRST)
    assert seen == ["not-started", "blocked"]
    assert [item.status for item in backlog] == [ItemStatus.IN_PROGRESS, ItemStatus.BLOCKED]
    assert git(remote.path, "log", "--format=%an", "main").split() == ["Orchestrator", "Ada", "Ada"]


def test_an_edit_that_gives_up_on_the_new_tip_writes_nothing(remote: Remote, ledger: GitLedger) -> None:
    """When somebody else made the change first, there is nothing left to do."""

    def edit(backlog: Backlog) -> Edits:
        edits = start(backlog)
        if edits:
            remote.commit("main", {"docs/tasks.md": TRACKING.replace("not-started", "done")})
        return edits

    assert ledger.record(edit, "MS-SEC-001: in-progress", FIRST)[FIRST].status is ItemStatus.DONE
    assert git(remote.path, "log", "--format=%an", "main").split() == ["Ada", "Ada"]


def test_what_an_edit_raises_reaches_the_caller(remote: Remote, ledger: GitLedger) -> None:
    """And nothing is written."""
    before = remote.sha("main")

    def edit(_: Backlog) -> Edits:
        raise LookupError("no")

    with pytest.raises(LookupError, match="no"):
        ledger.record(edit, "x")
    assert remote.sha("main") == before


def test_refused_by_policy(remote: Remote, ledger: GitLedger) -> None:
    """A hook's words reach the caller at once, without another try."""
    remote.hook("update", "echo 'main is frozen' >&2; exit 1")
    with pytest.raises(PushRefused, match="main is frozen"):
        ledger.record(start, "MS-SEC-001: in-progress", FIRST)


def test_an_unknown_outcome_is_read_back(remote: Remote, config: RunConfig, tmp_path: Path) -> None:
    """A push that landed although its answer was cut off is found by its operation, and not made twice."""
    ledger = GitLedger(config.model_copy(update={"git_timeout": 1.5}))
    remote.hook("post-receive", f"test -e {tmp_path}/once && exit; touch {tmp_path}/once; sleep 20")
    calls: list[int] = []

    def edit(_: Backlog) -> Edits:
        calls.append(1)
        return {FIRST: {"notes": f"try {len(calls)}"}}

    assert ledger.record(edit, "MS-SEC-001: noted", FIRST)[FIRST].notes == "try 1"
    assert git(remote.path, "rev-list", "--count", "main") == "2"


def test_an_unknown_outcome_that_did_not_land_is_made_again(
    remote: Remote, ledger: GitLedger, tmp_path: Path
) -> None:
    """A remote that dies before it takes the push gets it again."""
    remote.hook("pre-receive", f"test -e {tmp_path}/once && exit; touch {tmp_path}/once; kill -9 $PPID")
    assert ledger.record(start, "MS-SEC-001: begun", FIRST)[FIRST].agent == "claude"
    assert git(remote.path, "rev-list", "--count", "main") == "2"


def test_a_remote_that_is_gone(remote: Remote, config: RunConfig) -> None:
    """Reading fails at once, writing after its budget; both say that it is worth a retry."""
    ledger = GitLedger(config.model_copy(update={"push_budget": 0.2}))
    remote.path.rename(remote.path.with_name("elsewhere"))
    with pytest.raises(RemoteUnavailable, match=r"remote\.git"):
        ledger.read()
    with pytest.raises(RemoteUnavailable, match=r"gave up after 0\.2 s"):
        ledger.record(start, "MS-SEC-001: begun")


def test_a_remote_that_comes_back_in_time(remote: Remote, ledger: GitLedger) -> None:
    """A record waits for it within its budget."""
    elsewhere = remote.path.with_name("elsewhere")
    remote.path.rename(elsewhere)
    back = threading.Timer(0.5, lambda: elsewhere.rename(remote.path))
    back.start()
    ledger.record(start, "MS-SEC-001: begun")
    back.join()
    assert ledger.read()[FIRST].status is ItemStatus.IN_PROGRESS


def _deleted(person: Path) -> None:
    (person / "docs/tasks.md").unlink()


def _linked(person: Path) -> None:
    _deleted(person)
    (person / "docs/tasks.md").symlink_to("../apps/api/a.py")


def _executable(person: Path) -> None:
    (person / "docs/tasks.md").chmod(0o755)


def _directory(person: Path) -> None:
    _deleted(person)
    (person / "docs/tasks.md").mkdir()
    (person / "docs/tasks.md/x").touch()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_deleted, "is not on main"),
        (_linked, "is a symbolic link"),
        (_executable, "is an executable file"),
        (_directory, "is a directory"),
    ],
)
def test_a_lost_file_stops_the_run(
    remote: Remote, ledger: GitLedger, change: Callable[[Path], None], words: str
) -> None:
    """What is there instead is told, and nothing is written."""
    ledger.read()
    change(remote.person)
    tip = remote.commit("main", {"other": "x"})
    with pytest.raises(TrackingFileLost, match=words):
        ledger.record(start, "x")
    assert remote.sha("main") == tip


def test_a_lost_branch_stops_the_run(config: RunConfig) -> None:
    """The message names the key of the configuration."""
    with pytest.raises(TrackingFileLost, match="tracking_branch"):
        GitLedger(config.model_copy(update={"tracking_branch": "nope"})).read()


def test_a_rewritten_history_stops_the_run(remote: Remote, config: RunConfig, ledger: GitLedger) -> None:
    """The same run stays stopped, in every instance of its ledger; a new run takes it as it is."""
    ledger.record(start, "MS-SEC-001: begun", FIRST)
    git(remote.path, "update-ref", "refs/heads/main", "main^")
    for _ in range(2):
        with pytest.raises(TrackingFileLost, match="history of main was rewritten"):
            GitLedger(config, run_id="run-7").record(start, "again", FIRST)
    assert GitLedger(config, run_id="run-8").read()[FIRST].status is ItemStatus.NOT_STARTED


def test_a_broken_file_is_not_written_to(remote: Remote, ledger: GitLedger) -> None:
    """What a person broke is for a person to mend."""
    broken = TRACKING.replace("| MS-SEC-002 | not-started", "| MS-SEC-001 | not-started")
    tip = remote.commit("main", {"docs/tasks.md": broken})
    with pytest.raises(BacklogError):
        ledger.record(start, "x")
    assert remote.sha("main") == tip


def test_a_lacking_column_is_added(remote: Remote, ledger: GitLedger) -> None:
    """Real files lack notes; the first note adds the column."""
    ledger.record(lambda _: {SECOND: {"notes": "waits for a key"}}, "MS-SEC-002: blocked", SECOND)
    assert ledger.read()[SECOND].notes == "waits for a key"
    assert "| notes" in remote.show("main", "docs/tasks.md")


def test_threads_lose_nothing(remote: Remote, config: RunConfig) -> None:
    """Eight threads with ledgers of their own, and a person, all write at once; every write is there."""
    failures: list[BaseException] = []

    def one(number: int) -> None:
        def edit(backlog: Backlog) -> Edits:
            return {FIRST: {"notes": " ".join([backlog[FIRST].notes, f"n{number}"]).strip()}}

        try:
            GitLedger(config).record(edit, f"Note {number}", FIRST)
        except BaseException as error:  # noqa: BLE001 - a thread's error must reach the test
            failures.append(error)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    persons = [f"prose-{number}" for number in range(3)]
    for name in persons:
        person_appends(remote, name)
    for thread in threads:
        thread.join()
    assert failures == []
    notes = GitLedger(config).read()[FIRST].notes.split()
    assert sorted(notes) == [f"n{number}" for number in range(8)]
    assert [name for name in persons if name not in remote.show("main", "docs/tasks.md")] == []


def constant(edits: Edits) -> Callable[[Backlog], Edits]:
    return lambda _: edits


def test_reading_while_others_write_is_no_rewritten_history(config: RunConfig) -> None:
    """Readers of the same run see a tip that is a moment old, and take no offence at the newer one."""
    failures: list[TrackingFileLost] = []
    over = threading.Event()

    def reader() -> None:
        try:
            while not over.is_set():
                GitLedger(config, run_id="run-7").read()
        except TrackingFileLost as error:
            failures.append(error)

    threads = [threading.Thread(target=reader) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(12):
        edits = {FIRST: {"notes": f"n{number}"}}
        GitLedger(config, run_id="run-7").record(constant(edits), "x")
    over.set()
    for thread in threads:
        thread.join()
    assert failures == []


def person_appends(remote: Remote, line: str) -> None:
    """Add a line of prose at the end of the file, as often as it takes to be first."""
    while True:
        git(remote.person, "fetch", "-q", "origin")
        git(remote.person, "reset", "-q", "--hard", "origin/main")
        path = remote.person / "docs/tasks.md"
        path.write_bytes(path.read_bytes() + f"\n{line}\n".encode())
        git(remote.person, "commit", "-q", "-a", "-m", line)
        if try_git(remote.person, "push", "-q", "origin", "main").returncode == 0:
            return


def test_a_subject_cannot_forge_a_trailer(remote: Remote, ledger: GitLedger) -> None:
    """Whatever a subject holds, it stays one line."""
    ledger.record(start, "MS-SEC-001: begun\n\nItem: MS-SEC-002\n", FIRST)
    trailers = git(remote.path, "log", "-1", "--format=%(trailers:key=Item,valueonly)", "main")
    assert trailers.split() == ["MS-SEC-001"]
