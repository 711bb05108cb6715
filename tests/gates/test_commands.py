"""Gates as commands, run in a real sandbox."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copytree

import pytest

from tasks_lib.backlog.model import Item, ItemId, ItemStatus
from tasks_lib.config import GateConfig, RepoConfig, RunConfig
from tasks_lib.errors import ConfigError, SandboxMissing
from tasks_lib.gates import CommandGates
from tasks_lib.ports import Gates, Harvest
from tasks_lib.sandbox import BubblewrapSandbox

HARVEST = Harvest("c0ffee", "feature")


class Checkouts:
    """Throw-away copies of a directory, and which commits were asked for."""

    def __init__(self, files: Path, scratch: Path) -> None:
        self.files = files
        self.scratch = scratch
        self.commits: list[str] = []

    @contextmanager
    def __call__(self, commit: str) -> Iterator[Path]:
        self.commits.append(commit)
        yield copytree(self.files, self.scratch / f"{commit}-{len(self.commits)}")


@pytest.fixture
def checkouts(tmp_path: Path) -> Checkouts:
    files = tmp_path / "files"
    (files / "apps" / "api").mkdir(parents=True)
    (files / "apps" / "api" / "name").write_text("api\n")
    (files / "name").write_text("root\n")
    return Checkouts(files, tmp_path)


Make = Callable[..., Gates]


@pytest.fixture
def make(checkouts: Checkouts) -> Make:
    """Give what builds gates; a repo is a mapping of gate names to commands."""

    def build(**settings: object) -> Gates:
        config = RunConfig.model_validate({"repos": {"api": repo(green="true")}, **settings})
        return CommandGates(config, BubblewrapSandbox(), checkouts, lambda: "integrated")

    return build


def repo(path: str = "apps/api", **commands: str) -> RepoConfig:
    return RepoConfig(path=path, gates=gates(**commands))


def gates(**commands: str) -> tuple[GateConfig, ...]:
    return tuple(GateConfig(name=name, command=command) for name, command in commands.items())


def item(name: str) -> Item:
    return Item(ItemId("MS-SEC-001"), ItemStatus.IN_PROGRESS, "Mend it", phase=1, line=9, repo=name)


def test_a_gate_is_green_when_its_command_exits_zero(make: Make) -> None:
    """Exit code 0 is green, any other is red, and the output ends with which it was."""
    verdicts = make(repos={"api": repo(lint="echo fine", test="echo broken; exit 3")}).check_item(
        item("api"), HARVEST
    )
    assert [(verdict.gate, verdict.passed, verdict.output) for verdict in verdicts] == [
        ("lint", True, "fine\n[lint: exit code 0]"),
        ("test", False, "broken\n[test: exit code 3]"),
    ]


def test_all_gates_run_even_after_a_red_one(make: Make) -> None:
    """One attempt learns of everything: a red gate does not hide those behind it."""
    verdicts = make(repos={"api": repo(one="false", two="true", three="false")}).check_item(
        item("api"), HARVEST
    )
    assert [verdict.passed for verdict in verdicts] == [False, True, False]


def test_gates_run_in_the_path_of_their_repo_on_that_commit(make: Make, checkouts: Checkouts) -> None:
    """The directory is the repo's, the files are those of the harvested commit."""
    (verdict,) = make(repos={"api": repo(where="cat name; pwd")}).check_item(item("api"), HARVEST)
    assert verdict.output.splitlines()[:2] == ["api", "/workspace/apps/api"]
    assert checkouts.commits == ["c0ffee"]


def test_a_gate_does_not_start_where_another_stopped(make: Make) -> None:
    """Directory and exports of one gate are not those of the next."""
    verdicts = make(repos={"api": repo(one="cd /; export A=1", two='pwd; echo "A=$A"')}).check_item(
        item("api"), HARVEST
    )
    assert verdicts[1].output.splitlines()[:2] == ["/workspace/apps/api", "A="]


def test_a_repo_whose_directory_is_gone_is_red(make: Make) -> None:
    """A commit that removed the directory of its repo does not pass in another directory."""
    (verdict,) = make(repos={"api": repo("apps/gone", test="true")}).check_item(item("api"), HARVEST)
    assert not verdict.passed
    assert "apps/gone: No such file or directory" in verdict.output


def test_a_gate_over_its_time_is_red(make: Make) -> None:
    """A gate that does not end is ended and red, with its time limit in its words."""
    slow = RepoConfig(gates=(GateConfig(name="slow", command="echo begun; sleep 60", timeout=0.5),))
    (verdict,) = make(repos={"api": slow}).check_item(item("api"), HARVEST)
    assert not verdict.passed
    assert verdict.output == "begun\n[slow: ended after its time limit of 0.5 s]"


def test_long_output_keeps_its_head_and_its_end(make: Make) -> None:
    """A gate that prints much is clipped in the middle; the end of it is the exit code."""
    (verdict,) = make(repos={"api": repo(chatty="echo first; seq 100000; exit 1")}).check_item(
        item("api"), HARVEST
    )
    assert verdict.output.startswith("first\n1\n2\n")
    assert verdict.output.endswith("99999\n100000\n[chatty: exit code 1]")
    assert len(verdict.output) < 31_000


def test_an_item_without_a_repo_belongs_to_the_only_one(make: Make) -> None:
    """With one repo configured the column may be empty; with two it may not."""
    only = make(repos={"api": repo(lint="true")})
    assert [verdict.passed for verdict in only.check_item(item(""), HARVEST)] == [True]
    two = make(repos={"api": repo(lint="true"), "web": repo(lint="true")})
    with pytest.raises(ConfigError, match=r"repo '' is not in the configuration \(repos: api, web\)"):
        two.check_item(item(""), HARVEST)


def test_an_unknown_repo_names_the_known_ones(make: Make) -> None:
    """An item of a repo that is not configured is an error that lists those that are."""
    with pytest.raises(ConfigError, match=r"'orders' is not in the configuration \(repos: api\)"):
        make().check_item(item("orders"), HARVEST)


def test_a_repo_without_gates_is_refused_before_any_work(make: Make) -> None:
    """Nothing could fail there, so nothing could pass: the configuration is refused and the mend named."""
    with pytest.raises(ConfigError, match=r"add \[\[repos\.web\.gates\]\]"):
        make(repos={"api": repo(lint="true"), "web": RepoConfig()})
    with pytest.raises(ConfigError, match="repos: empty"):
        make(repos={})


def test_phase_gates_run_in_the_root_of_what_is_integrated(make: Make, checkouts: Checkouts) -> None:
    """Phase gates see the integrated result from its root; final gates join in the last phase only."""
    built = make(phase_gates=gates(smoke="cat name"), final_gates=gates(final="true"))
    assert [verdict.gate for verdict in built.check_phase(1, last=False)] == ["smoke"]
    last = built.check_phase(4, last=True)
    assert [(verdict.gate, verdict.passed) for verdict in last] == [("smoke", True), ("final", True)]
    assert last[0].output.startswith("root\n")
    assert checkouts.commits == ["integrated", "integrated"]


def test_without_phase_gates_nothing_is_checked_out(make: Make, checkouts: Checkouts) -> None:
    """No phase gates, no verdicts, no work."""
    assert list(make().check_phase(1, last=True)) == []
    assert checkouts.commits == []


def test_a_missing_sandbox_is_not_a_red_gate(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no command can be run nothing is judged: the error goes to the run."""
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(SandboxMissing):
        make().check_item(item("api"), HARVEST)


def test_a_gate_cannot_reach_what_it_judges_for(make: Make, checkouts: Checkouts) -> None:
    """What a gate writes stays in the throw-away checkout."""
    make(repos={"api": repo(vandal="rm -rf /workspace/*; echo > /workspace/new")}).check_item(
        item("api"), HARVEST
    )
    assert (checkouts.files / "name").read_text() == "root\n"
    assert not (checkouts.files / "new").exists()
