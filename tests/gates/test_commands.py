"""Gates as commands, run in a real sandbox."""

from pathlib import Path

import pytest

from tasks_lib.config import GateConfig, RepoConfig
from tasks_lib.errors import ConfigError, SandboxMissing
from tasks_lib.gates.logs import open_log
from tasks_lib.ports import Harvest
from tests.gates.conftest import Commits, Make, gates, item, repo

HARVEST = Harvest("c0ffee", "feature")


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


def test_gates_run_in_the_path_of_their_repo_on_that_commit(make: Make, commits: Commits) -> None:
    """The directory is the repo's, the files are those of the harvested commit."""
    (verdict,) = make(repos={"api": repo(where="cat name; pwd")}).check_item(item("api"), HARVEST)
    assert verdict.output.splitlines()[:2] == ["api", "/workspace/apps/api"]
    assert commits.asked == ["c0ffee"]


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


def test_phase_gates_run_in_the_root_of_what_is_integrated(make: Make, commits: Commits) -> None:
    """Phase gates see the integrated result from its root; final gates join in the last phase only."""
    built = make(phase_gates=gates(smoke="cat name"), final_gates=gates(final="true"))
    assert [verdict.gate for verdict in built.check_phase(1, last=False)] == ["smoke"]
    last = built.check_phase(4, last=True)
    assert [(verdict.gate, verdict.passed) for verdict in last] == [("smoke", True), ("final", True)]
    assert last[0].output.startswith("root\n")
    assert commits.asked == ["integrated"] * 3


def test_without_phase_gates_nothing_is_checked_out(make: Make, commits: Commits) -> None:
    """No phase gates, no verdicts, no work."""
    assert list(make().check_phase(1, last=True)) == []
    assert commits.asked == []


def test_a_missing_sandbox_is_not_a_red_gate(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no command can be run nothing is judged: the error goes to the run."""
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(SandboxMissing):
        make().check_item(item("api"), HARVEST)


def test_a_gate_cannot_reach_what_it_judges_for(make: Make, commits: Commits) -> None:
    """What a gate writes stays in the throw-away checkout."""
    make(repos={"api": repo(vandal="rm -rf /workspace/*; echo > /workspace/new")}).check_item(
        item("api"), HARVEST
    )
    assert (commits.root / "commits/c0ffee/name").read_text() == "root\n"
    assert not (commits.root / "commits/c0ffee/new").exists()


def test_a_gate_cannot_plant_files_for_the_next(make: Make) -> None:
    """Each gate has a checkout and a HOME of its own."""
    plant = 'echo "exit 0" > planted.sh; echo > ~/planted; rm name'
    look = "ls ~/planted planted.sh; cat name"
    verdicts = make(repos={"api": repo(one=plant, two=look)}).check_item(item("api"), HARVEST)
    assert verdicts[1].output.count("No such file or directory") == 2
    assert "\napi\n" in verdicts[1].output


def test_the_whole_output_is_in_a_file(make: Make) -> None:
    """What a verdict clips is whole in the log that it names."""
    (verdict,) = make(repos={"api": repo(chatty="seq 100000; exit 1")}).check_item(item("api"), HARVEST)
    assert verdict.log is not None
    assert verdict.log.name == "MS-SEC-001.gate.chatty.c0ffee.log"
    assert verdict.log.read_text() == "".join(f"{number}\n" for number in range(1, 100_001))


def test_a_log_has_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A gate that floods fills no disk."""
    monkeypatch.setattr("tasks_lib.gates.logs.LARGEST", 10)
    with open_log(tmp_path, "a/b", "..") as log:
        for _ in range(3):
            log.hear(b"123456")
    assert log.path.parent == tmp_path
    assert log.path.read_bytes() == b"1234561234\n[left out after 10 bytes]\n"
