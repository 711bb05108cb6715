"""Checkouts for agents, and the way of their commits to the remote."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tasks_lib.backlog.model import Item
from tasks_lib.config import RunConfig
from tasks_lib.errors import MergeConflict, PushRefused, RemoteUnavailable, WorkRefused, WorkspaceError
from tasks_lib.ports import Harvest, Integrated, Workspace
from tasks_lib.vcs import GitWorkspaces
from tests.vcs.conftest import Remote, git, item, work, write

INTEGRATION = "tasks-md/integration"
FACTS = {"Agent": "claude-opus-5-5 (replay)", "Used": "12.3K"}


def finish(
    workspaces: GitWorkspaces, number: int, files: dict[str, str | None], branch: str = "fix/auth"
) -> str:
    """Do an item from beginning to end."""
    one = item(number, branch)
    with workspaces.open(one) as workspace:
        work(workspace.path, files, f"fix(MS-SEC-{number:03}): mend it")
        return workspaces.publish(one, workspaces.harvest(one, workspace), FACTS)


def test_a_new_branch_starts_from_the_base(remote: Remote, workspaces: GitWorkspaces) -> None:
    """Before anything is integrated, an item starts from the base branch, on its own branch."""
    with workspaces.open(item()) as workspace:
        assert workspace.base == remote.sha("main")
        assert git(workspace.path, "symbolic-ref", "--short", "HEAD") == "fix/auth"
        assert git(workspace.path, "status", "--porcelain") == ""
        assert (workspace.path / workspace.directory / "a.py").read_text() == "one = 1\n"


def test_a_checkout_is_private(config: RunConfig, workspaces: GitWorkspaces) -> None:
    """It has a repository of its own, our identity, no remote and no hooks, and it is gone afterwards."""
    with workspaces.open(item()) as workspace:
        assert (workspace.path / ".git").is_dir()
        assert git(workspace.path, "remote") == ""
        assert not list((workspace.path / ".git").glob("hooks/*"))
        assert git(workspace.path, "config", "user.email") == config.identity.email
        assert [str(share) for share in workspace.shares] == (
            (workspace.path / ".git/objects/info/alternates").read_text().split()
        )
    assert not workspace.path.exists()


def test_an_empty_branch_cell_means_a_branch_by_the_id(workspaces: GitWorkspaces) -> None:
    """The branch is then named by the item."""
    with workspaces.open(item(branch="")) as workspace:
        assert workspace.branch == "tasks-md/ms-sec-001"


def test_links_stay_links(remote: Remote, workspaces: GitWorkspaces) -> None:
    """A symbolic link of the repository is one in the checkout."""
    (remote.person / "link").symlink_to("apps")
    remote.commit("main", {"other.txt": "x\n"})
    with workspaces.open(item()) as workspace:
        assert (workspace.path / "link").is_symlink()
        assert git(workspace.path, "status", "--porcelain") == ""


@pytest.mark.parametrize("branch", ["main", INTEGRATION, f"{INTEGRATION}/x", "-x", "a..b", "a b", "tasks-md"])
def test_some_branches_are_not_for_items(workspaces: GitWorkspaces, branch: str) -> None:
    """Protected branches, what cannot exist beside them, and what git would not take are refused."""
    with pytest.raises(WorkspaceError, match="branch"), workspaces.open(item(branch=branch)):
        pass


def test_publishing_pushes_branch_and_merge(remote: Remote, workspaces: GitWorkspaces) -> None:
    """The item's commit is on its branch, and a merge of it with a trailer on the integration branch."""
    commit = finish(workspaces, 1, {"apps/api/a.py": "one = 11\n"})
    assert remote.sha("fix/auth") == commit
    assert remote.sha(f"{INTEGRATION}^2") == commit
    message = git(remote.path, "log", "-1", "--format=%an%n%B", INTEGRATION)
    assert message.splitlines() == [
        "Orchestrator",
        "Merge MS-SEC-001: fix(MS-SEC-001): mend it",
        "",
        "Item: MS-SEC-001",
        "Agent: claude-opus-5-5 (replay)",
        "Used: 12.3K",
    ]
    assert remote.show(INTEGRATION, "apps/api/a.py") == "one = 11\n"
    assert git(remote.path, "fsck", "--strict") == ""


def test_a_shared_branch_goes_on(remote: Remote, workspaces: GitWorkspaces) -> None:
    """The second item of a branch starts from what the first one and others integrated."""
    finish(workspaces, 1, {"apps/api/a.py": "one = 11\n"})
    other = finish(workspaces, 3, {"apps/web/b.py": "two = 22\n"}, "fix/web")
    second = item(2)
    with workspaces.open(second) as workspace:
        assert git(workspace.path, "merge-base", "--is-ancestor", other, "HEAD") == ""
        assert workspace.base == remote.sha(INTEGRATION)
        commit = work(workspace.path, {"apps/api/c.py": "three = 3\n"})
        harvest = workspaces.harvest(second, workspace)
        assert harvest == Harvest(commit, "fix/auth", ("apps/api/c.py",), "fix: mend it", workspace.base)
        workspaces.publish(second, harvest, FACTS)
    assert remote.sha("fix/auth") == commit


def test_a_branch_of_a_person_is_continued(remote: Remote, workspaces: GitWorkspaces) -> None:
    """What a person began on the branch is kept, and what was integrated is merged into it."""
    begun = remote.commit("fix/auth", {"apps/api/begun.py": "x = 1\n"})
    finish(workspaces, 3, {"apps/web/b.py": "two = 22\n"}, "fix/web")
    with workspaces.open(item()) as workspace:
        parents = git(workspace.path, "log", "-1", "--format=%P", "HEAD").split()
        assert parents == [begun, remote.sha(INTEGRATION)]
        assert (workspace.path / "apps/api/begun.py").exists()
        assert (workspace.path / "apps/web/b.py").read_text() == "two = 22\n"


def test_a_branch_that_does_not_merge_can_be_mended_by_the_agent(
    remote: Remote, workspaces: GitWorkspaces
) -> None:
    """The agent is told which commit to merge, finds it in its clone, and its merge is taken."""
    remote.commit("fix/auth", {"apps/api/a.py": "one = 'person'\n"})
    finish(workspaces, 3, {"apps/api/a.py": "one = 'other'\n"}, "fix/web")
    one = item()
    with workspaces.open(one) as workspace:
        work(workspace.path, {"apps/api/new.py": "n = 1\n"})
        with pytest.raises(MergeConflict, match=r"apps/api/a\.py") as refusal:
            workspaces.publish(one, workspaces.harvest(one, workspace), FACTS)
        command = str(refusal.value).split("`")[1]
        assert command == f"git merge {remote.sha(INTEGRATION)}"
        git(workspace.path, *command.split()[1:], "-X", "ours", "-m", "Merge what others finished")
        workspaces.publish(one, workspaces.harvest(one, workspace), FACTS)
    assert remote.show(INTEGRATION, "apps/api/a.py") == "one = 'person'\n"
    assert remote.show(INTEGRATION, "apps/api/new.py") == "n = 1\n"


def test_a_push_of_a_person_to_the_branch_is_not_run_over(remote: Remote, workspaces: GitWorkspaces) -> None:
    """When somebody pushed to the branch meanwhile, nothing is pushed and the agent is told what to merge."""
    one = item()
    with workspaces.open(one) as workspace:
        work(workspace.path, {"apps/api/a.py": "one = 11\n"})
        theirs = remote.commit("fix/auth", {"theirs.txt": "x\n"})
        with pytest.raises(MergeConflict, match=f"git merge {theirs}"):
            workspaces.publish(one, workspaces.harvest(one, workspace), FACTS)
    assert remote.sha("fix/auth") == theirs
    assert INTEGRATION not in remote.branches()


def test_items_published_at_once_are_all_integrated(remote: Remote, config: RunConfig) -> None:
    """Six threads with adapters of their own publish at the same time; nothing is lost."""
    failures: list[BaseException] = []

    def one(number: int) -> None:
        try:
            finish(GitWorkspaces(config), number, {f"apps/api/n{number}.py": "n = 1\n"}, f"fix/{number}")
        except BaseException as error:  # noqa: BLE001 - a thread's error must reach the test
            failures.append(error)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(1, 7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    files = git(remote.path, "ls-tree", "-r", "--name-only", INTEGRATION).split()
    assert {f"apps/api/n{number}.py" for number in range(1, 7)} <= set(files)


def test_a_lost_race_is_merged_again(remote: Remote, workspaces: GitWorkspaces, tmp_path: Path) -> None:
    """When another push comes first, the merge is made again on top of it."""
    finish(workspaces, 3, {"apps/web/b.py": "two = 22\n"}, "fix/web")
    first = git(remote.path, "commit-tree", f"{INTEGRATION}^{{tree}}", "-p", INTEGRATION, "-m", "Rival")
    # The first push finds that the branch has moved between its greeting and its update.
    remote.hook(
        "pre-receive",
        f"test -e {tmp_path}/once && exit 0; touch {tmp_path}/once; unset GIT_QUARANTINE_PATH; "
        f"git update-ref refs/heads/{INTEGRATION} {first}",
    )
    commit = finish(workspaces, 1, {"apps/api/a.py": "one = 11\n"})
    assert git(remote.path, "log", "-1", "--format=%P", INTEGRATION).split() == [first, commit]


def test_a_finished_item_is_known_from_git_alone(config: RunConfig, workspaces: GitWorkspaces) -> None:
    """Another process finds the integrated commit of an item, and none of an item that is not done."""
    assert workspaces.integrated(item()) is None
    before = workspaces.integration_tip()
    commit = finish(workspaces, 1, {"apps/api/a.py": "one = 11\n"})
    assert GitWorkspaces(config).integrated(item()) == Integrated(commit, FACTS, before)
    assert workspaces.integrated(item(2)) is None


def test_a_done_item_without_its_commit_on_the_remote_is_found_out(
    remote: Remote, workspaces: GitWorkspaces
) -> None:
    """What a row claims is held against the integration branch and the item's own branch."""
    assert workspaces.fault(item()) == f"no merge of it is on {INTEGRATION}"
    commit = finish(workspaces, 1, {"apps/api/a.py": "one = 11\n"})
    assert workspaces.fault(item()) == ""
    git(remote.path, "update-ref", "refs/heads/fix/auth", remote.sha("main"))
    assert workspaces.fault(item()) == f"its commit {commit[:10]} is not on fix/auth"
    git(remote.path, "branch", "-q", "-D", "fix/auth")
    assert workspaces.fault(item()) == "", "people delete branches that are merged"


def test_an_agent_cannot_finish_another_item(workspaces: GitWorkspaces) -> None:
    """A trailer in an agent's own commit, even in a merge commit, counts for nothing."""
    one = item()
    with workspaces.open(one) as workspace:
        git(workspace.path, "checkout", "-q", "-b", "side")
        work(workspace.path, {"apps/api/a.py": "one = 11\n"})
        git(workspace.path, "checkout", "-q", "fix/auth")
        git(workspace.path, "merge", "-q", "--no-ff", "side", "-m", "Mend\n\nItem: MS-SEC-002")
        workspaces.publish(one, workspaces.harvest(one, workspace), FACTS)
    assert workspaces.integrated(item(2)) is None


def test_publishing_twice_is_harmless(remote: Remote, workspaces: GitWorkspaces) -> None:
    """The same harvest published again, as after a crash, changes nothing."""
    one = item()
    with workspaces.open(one) as workspace:
        work(workspace.path, {"apps/api/a.py": "one = 11\n"})
        harvest = workspaces.harvest(one, workspace)
        workspaces.publish(one, harvest, FACTS)
        before = remote.sha(INTEGRATION)
        assert workspaces.publish(one, harvest, FACTS) == harvest.commit
    assert remote.sha(INTEGRATION) == before


def test_a_hook_that_refuses_is_told(remote: Remote, workspaces: GitWorkspaces) -> None:
    """The remote's words reach the caller, and neither branch is there."""
    remote.hook("pre-receive", "echo 'no pushes on Fridays' >&2; exit 1")
    with pytest.raises(PushRefused, match="no pushes on Fridays"):
        finish(workspaces, 1, {"apps/api/a.py": "one = 11\n"})
    assert remote.branches() == {"main"}


def test_a_remote_that_is_gone_is_told(remote: Remote, workspaces: GitWorkspaces) -> None:
    """Opening and asking for the tip say that the remote does not answer."""
    remote.path.rename(remote.path.with_name("elsewhere"))
    with pytest.raises(RemoteUnavailable, match=r"remote\.git"):
        workspaces.integration_tip()
    with pytest.raises(RemoteUnavailable), workspaces.open(item()):
        pass


def test_the_integration_tip_is_the_base_at_first(remote: Remote, workspaces: GitWorkspaces) -> None:
    """Phase gates find a commit whether or not anything is integrated yet."""
    assert workspaces.integration_tip() == remote.sha("main")
    finish(workspaces, 1, {"apps/api/a.py": "one = 11\n"})
    assert workspaces.integration_tip() == remote.sha(INTEGRATION)


def test_what_a_killed_process_left_is_swept(config: RunConfig, workspaces: GitWorkspaces) -> None:
    """A checkout that nobody holds is removed with the next one; one in use is not."""
    left = config.state_dir / "workspaces" / "MS-SEC-009-left"
    (left / "deep").mkdir(parents=True)
    with workspaces.open(item()) as first, workspaces.open(item(2)) as second:
        assert not left.exists()
        assert first.path.exists()
        assert second.path.exists()


def test_work_that_waits_is_kept_where_nothing_is_built_on_it(
    remote: Remote, workspaces: GitWorkspaces
) -> None:
    """It is on a branch of its own: neither the item's branch nor the integration branch has it."""
    one = item(1)
    with workspaces.open(one) as workspace:
        work(workspace.path, {"ci.yml": "on: push\n"}, "feat: build")
        harvest = workspaces.harvest(one, workspace)
        branch = workspaces.keep(one, harvest)
        assert workspaces.keep(one, harvest) == branch, "asking twice does no harm"

    assert branch == f"tasks-md/waiting/ms-sec-001-{harvest.commit[:16]}"
    assert remote.sha(branch) == harvest.commit
    assert remote.branches() == {"main", branch}
    with workspaces.open(item(2, "fix/auth")) as workspace:
        assert not (workspace.path / "ci.yml").exists()


def test_approved_work_is_published_as_it_was_and_its_own_branch_goes(
    remote: Remote, workspaces: GitWorkspaces
) -> None:
    """The very commit that was approved is merged, also beside what others finished meanwhile."""
    one = item(1)
    with workspaces.open(one) as workspace:
        work(workspace.path, {"ci.yml": "on: push\n"}, "feat: build")
        harvest = workspaces.harvest(one, workspace)
        workspaces.keep(one, harvest)
    finish(workspaces, 2, {"other.txt": "x\n"}, branch="fix/other")

    kept = workspaces.kept(one, harvest.commit[:16])
    assert kept
    assert (kept.commit, kept.branch, kept.files, kept.summary) == (
        harvest.commit,
        "fix/auth",
        ("ci.yml",),
        "feat: build",
    )
    assert workspaces.publish(one, kept, FACTS) == harvest.commit
    assert remote.branches() == {"main", "fix/auth", "fix/other", INTEGRATION}


def test_kept_work_that_was_replaced_is_not_what_was_approved(
    remote: Remote, workspaces: GitWorkspaces
) -> None:
    """A person approves a commit, not whatever a branch holds by then."""
    one = item(1)
    with workspaces.open(one) as workspace:
        work(workspace.path, {"ci.yml": "on: push\n"}, "feat: build")
        harvest = workspaces.harvest(one, workspace)
        branch = workspaces.keep(one, harvest)
    remote.commit(branch, {"evil.yml": "on: push\n"})

    assert workspaces.kept(one, harvest.commit[:16]) is None
    assert workspaces.kept(one, "0123456789abcdef") is None


@contextmanager
def installed(_item: Item, workspace: Workspace) -> Iterator[Path]:
    """Do what a set-up does: dependencies into the checkout, something of its own into HOME."""
    write(workspace.path, {"node_modules/a/index.js": "", "apps/api/odd [1]*.txt": ""})
    with TemporaryDirectory() as home:
        yield Path(home)


def test_what_a_set_up_made_is_no_work(config: RunConfig) -> None:
    """The agent's own git ignores it, nothing of it is salvaged, and the agent has the HOME that was made."""
    workspaces = GitWorkspaces(config, prepare=installed)
    with workspaces.open(item()) as workspace:
        assert workspace.home is not None
        assert git(workspace.path, "status", "--porcelain") == ""
        with pytest.raises(WorkRefused, match="no change"):
            workspaces.harvest(item(), workspace)
        write(workspace.path, {"node_modules/b/index.js": "", "new.py": ""})
        assert workspaces.harvest(item(), workspace).files == ("new.py",)
    assert not workspace.home.exists()


@pytest.mark.parametrize("link", [".git/info", ".git/info/exclude"])
def test_a_set_up_leads_us_nowhere(config: RunConfig, tmp_path: Path, link: str) -> None:
    """What it links inside of .git is not written through."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "exclude").write_text("mine\n")

    @contextmanager
    def linking(_item: Item, workspace: Workspace) -> Iterator[Path]:
        (workspace.path / "new.txt").touch()
        place = workspace.path / link
        place.parent.mkdir(exist_ok=True)
        place.symlink_to(outside if place.name == "info" else outside / "exclude")
        yield outside

    with GitWorkspaces(config, prepare=linking).open(item()) as workspace:
        assert (workspace.path / ".git/info/exclude").read_text() == "/new.txt\n"
    assert (outside / "exclude").read_text() == "mine\n"
