"""Set-up of fresh checkouts: what it makes is there for agents and gates, and nobody spoils it."""

from pathlib import Path

import pytest

from tasks_lib.config import GateConfig, RepoConfig, SetupConfig
from tasks_lib.errors import SetupFailed, WorkspaceError
from tasks_lib.gates import SetUps, Workshop
from tasks_lib.gates.places import copy
from tasks_lib.ports import Harvest, Workspace
from tests.gates.conftest import Commits, gates_of, item

COUNT = "echo run >> ~/runs; wc -l < ~/runs > deps"


def api(setup: str, *, cache: bool = True, timeout: float = 60, **gates: str) -> dict[str, RepoConfig]:
    named = tuple(GateConfig(name=name, command=command) for name, command in gates.items())
    made = SetupConfig(command=setup, cache=cache, timeout=timeout)
    return {"api": RepoConfig(path="apps/api", setup=made, gates=named)}


HARVEST = Harvest("c0ffee", "feature", base="base")


def test_gates_find_what_the_set_up_made(shop: Workshop) -> None:
    """It runs once for a commit, in the repo's directory, and each gate gets a clean copy of it."""
    repos = api("echo dep > deps; echo tool > ~/tool", one="rm deps ~/tool", two="cat deps ~/tool")
    verdicts = gates_of(shop, repos=repos).check_item(item(), HARVEST)
    assert [(verdict.passed, verdict.output) for verdict in verdicts] == [
        (True, "[one: exit code 0]"),
        (True, "dep\ntool\n[two: exit code 0]"),
    ]


def test_a_commit_that_breaks_the_set_up_is_red(shop: Workshop, commits: Commits) -> None:
    """Where the base can be set up and the commit cannot, it is the commit's fault, and no gate runs."""
    commits.add("broken", {"apps/api/name": "broken\n"}, parent="base")
    repos = api("echo installing; grep -q api name", test="true")
    (verdict,) = gates_of(shop, repos=repos).check_item(item(), Harvest("broken", "b", base="base"))
    assert (verdict.gate, verdict.passed) == ("set-up", False)
    assert verdict.output == "installing\n[set-up of apps/api: exit code 1; no gate could be run]"


@pytest.mark.parametrize("cache", [True, False])
def test_a_base_that_cannot_be_set_up_is_nobodys_fault(shop: Workshop, *, cache: bool) -> None:
    """It is an error that names the commit and the output, and no verdict on the attempt."""
    repos = api("echo no network; exit 7", cache=cache, test="true")
    with pytest.raises(SetupFailed) as failed:
        gates_of(shop, repos=repos).check_item(item(), HARVEST)
    assert "the set-up of apps/api ended with exit code 7 on the untouched commit base" in str(failed.value)
    assert str(failed.value).endswith("no network")


def test_a_set_up_has_its_own_time_limit(shop: Workshop) -> None:
    """One that does not end is ended, and says so."""
    with pytest.raises(SetupFailed, match="did not end in time"):
        gates_of(shop, repos=api("sleep 60", timeout=0.5, test="true")).check_item(item(), HARVEST)


def test_the_set_up_changes_nothing_that_is_judged(shop: Workshop) -> None:
    """Files of the commit are put back after it."""
    (verdict,) = gates_of(shop, repos=api("echo spoilt > name", test="cat name")).check_item(item(), HARVEST)
    assert verdict.output.startswith("api\n")


def test_the_kept_home_is_made_once(shop: Workshop, commits: Commits) -> None:
    """One run on the base branch fills it; everybody else starts from a copy of that."""
    built = gates_of(shop, repos=api(COUNT, test="cat deps"))
    for _ in range(2):
        (verdict,) = built.check_item(item(), HARVEST)
        assert verdict.output.startswith("2\n")
    assert commits.asked.count("base") == 1


def test_without_a_cache_every_set_up_begins_empty(shop: Workshop) -> None:
    """Nothing survives then."""
    (verdict,) = gates_of(shop, repos=api(COUNT, cache=False, test="cat deps")).check_item(item(), HARVEST)
    assert verdict.output.startswith("1\n")


def test_nobody_poisons_the_kept_home(shop: Workshop, commits: Commits) -> None:
    """Neither a set-up of a hostile commit, nor its gate, nor an agent leaves anything for a later item."""
    commits.add("hostile", {"apps/api/evil": ""}, parent="base")
    install = "test -e ~/tool || echo good > ~/tool; test ! -e evil || echo evil > ~/tool"
    repos = api(install, test="cat ~/tool; echo evil > ~/tool")
    built = gates_of(shop, repos=repos)
    (evil,) = built.check_item(item(), Harvest("hostile", "b", base="base"))
    assert evil.output.startswith("evil\n")
    with commits.checkout("c0ffee") as path:
        agents = Workspace(path, "b", "c0ffee", "apps/api")
        with shop.setups.for_agent(repos["api"], agents) as home:
            assert home is not None
            (home / "tool").write_text("evil\n")
    (verdict,) = built.check_item(item(), HARVEST)
    assert verdict.output.startswith("good\n")


def test_the_kept_home_outlives_a_run(shop: Workshop, commits: Commits) -> None:
    """Another run finds it as long as the base branch and the command are the same."""
    repos = api(COUNT, test="cat deps")
    gates_of(shop, repos=repos).check_item(item(), HARVEST)
    later = Workshop(shop.sandbox, shop.places, renewed(shop), shop.logs)
    (verdict,) = gates_of(later, repos=repos).check_item(item(), HARVEST)
    assert verdict.output.startswith("2\n")
    assert commits.asked.count("base") == 1
    (verdict,) = gates_of(later, repos=api(COUNT + " # new", test="cat deps")).check_item(item(), HARVEST)
    assert verdict.output.startswith("2\n")
    assert commits.asked.count("base") == 2


def renewed(shop: Workshop) -> SetUps:
    old = shop.setups
    return SetUps(old.sandbox, old.places, old.base, old.restore)


def test_an_agent_works_in_what_was_set_up(shop: Workshop, commits: Commits) -> None:
    """Its checkout is set up before it starts, with a HOME that lasts for all its commands."""
    workspace = Workspace(commits.root / "commits/c0ffee", "b", "base", "apps/api")
    with shop.setups.for_agent(api("echo dep > deps; echo tool > ~/tool")["api"], workspace) as home:
        assert home is not None
        assert (workspace.path / "apps/api/deps").read_text() == "dep\n"
        assert (home / "tool").read_text() == "tool\n"
    with shop.setups.for_agent(RepoConfig(), workspace) as home:
        assert home is None
    failing = api("exit 1", cache=False)["api"]
    with pytest.raises(SetupFailed), shop.setups.for_agent(failing, workspace):
        pass


def test_phase_gates_find_every_repo_set_up(shop: Workshop) -> None:
    """They run on all repos, so all of them are set up."""
    gate = (GateConfig(name="all", command="cat apps/api/deps"),)
    (verdict,) = gates_of(shop, repos=api("echo dep > deps", test="true"), phase_gates=gate).check_phase(
        1, last=False
    )
    assert verdict.output.startswith("dep\n")


def test_a_copy_follows_no_link_that_a_command_left(tmp_path: Path) -> None:
    """A file is put in the place of a link; where a link stands for a directory nothing is copied."""
    kept, place, outside = tmp_path / "kept", tmp_path / "place", tmp_path / "outside"
    for directory in (kept / "cache", place, outside):
        directory.mkdir(parents=True)
    (kept / "tool").write_text("kept\n")
    (outside / "mine").write_text("mine\n")
    (place / "tool").symlink_to(outside / "mine")
    copy(kept, place)
    assert (place / "tool").read_text() == "kept\n"
    assert (outside / "mine").read_text() == "mine\n"
    (kept / "cache/more").touch()
    (place / "cache").rmdir()
    (place / "cache").symlink_to(outside)
    with pytest.raises(WorkspaceError, match="cannot be copied"):
        copy(kept, place)
    assert not (outside / "more").exists()
