"""Gates that report their tests, with real runners: what a hostile commit does to look green."""

import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from tasks_lib.config import GateConfig, RepoConfig
from tasks_lib.gates import Workshop
from tasks_lib.ports import Gates, Harvest, Verdict
from tasks_lib.sandbox import NoSandbox
from tests.gates.conftest import Commits, Files, Make, gates_of, item, repo, shop_of

PYTEST = f"PYTEST_DISABLE_PLUGIN_AUTOLOAD=1 {sys.executable} -m pytest -q -p no:cacheprovider"
TEST = "def test_one(): assert 1 + 1 == 2\n\ndef test_two(): assert 2 + 2 == 4\n"
REPORT = """printf '<testsuites><testsuite><testcase classname="a" name="one"/></testsuite></testsuites>'"""


Judged = Callable[[Files], Verdict]
CONFTEST = "apps/api/conftest.py"
SUM = "apps/api/test_sum.py"


def marked(mark: str) -> str:
    """Return the tests with a mark on the second one."""
    return "import pytest\n" + TEST.replace("def test_two", f"@pytest.mark.{mark}\ndef test_two")


def one_gate(**settings: object) -> dict[str, RepoConfig]:
    gate = GateConfig.model_validate({"name": "test", **settings})
    return {"api": RepoConfig(path="apps/api", gates=(gate,))}


@pytest.fixture(scope="module")
def tested(tmp_path_factory: pytest.TempPathFactory) -> Judged:
    """Give what judges a commit on top of a base with two tests, which is run once for all."""
    commits = Commits(tmp_path_factory.mktemp("tested"))
    commits.add("tests", {SUM: TEST, CONFTEST: ""})
    # Not confined: the runner is what matters here.
    gates = gates_of(shop_of(commits, NoSandbox()), repos=one_gate(command=PYTEST, tests="pytest"))
    names = map("judged-{}".format, count())

    def judge(files: Files) -> Verdict:
        name = commits.add(next(names), files, parent="tests")
        (verdict,) = gates.check_item(item(), Harvest(name, "b", base="tests"))
        return verdict

    return judge


def test_the_same_tests_are_green(tested: Judged) -> None:
    """Another test, or a change elsewhere, takes nothing away."""
    more = TEST + "\ndef test_three(): assert True\n"
    verdict = tested({SUM: more})
    assert (verdict.passed, verdict.remark) == (True, ""), verdict.output


@pytest.mark.parametrize(
    "files",
    [
        {CONFTEST: "import os\nos._exit(0)\n"},
        {
            CONFTEST: "import os\ndef pytest_unconfigure(): os._exit(0)\n",
            SUM: TEST.replace("4", "5"),
        },
        {CONFTEST: "def pytest_collection_modifyitems(items): del items[1:]\n"},
        {
            CONFTEST: "collect_ignore = ['test_sum.py']\n",
            "apps/api/test_b.py": "def test(): 1\n",
        },
        {SUM: TEST.replace("def test_two", "def check_two")},
        {SUM: marked("skip")},
        {SUM: marked("xfail").replace("4", "5")},
        {"apps/api/pytest.ini": "[pytest]\naddopts = -k one\n"},
        {"apps/api/pytest.ini": "[pytest]\naddopts = --junitxml=mine.xml -k one\n"},
    ],
    ids=["exit", "late exit", "drop", "ignore", "rename", "skip", "xfail", "deselect", "own report"],
)
def test_green_without_its_tests_is_red(tested: Judged, files: Files) -> None:
    """Whatever takes a test away, a good exit code does not cover it."""
    verdict = tested(files)
    assert not verdict.passed
    assert "exit code 0" in verdict.output
    assert any(words in verdict.output for words in ("did not run", "left no report", "failed in its report"))


@pytest.fixture
def any_runner(make: Make) -> Gates:
    return make(repos=one_gate(command=f'{REPORT} > "$TASKS_MD_REPORT"', tests="junit"))


def test_any_runner_reports_where_it_is_told(any_runner: Gates) -> None:
    """In the sandbox too; the place is outside of the checkout."""
    (verdict,) = any_runner.check_item(item(), Harvest("c0ffee", "b", base="base"))
    assert (verdict.passed, verdict.remark) == (True, "")


def test_the_place_of_the_report_is_another_each_time(make: Make) -> None:
    """Nobody can put a report there beforehand."""
    built = make(
        repos=one_gate(command=f'echo $TASKS_MD_REPORT; {REPORT} > "$TASKS_MD_REPORT"', tests="junit")
    )
    said = {built.check_item(item(), Harvest("c0ffee", "b"))[0].output.splitlines()[0] for _ in range(2)}
    assert len(said) == 2
    assert all(line.startswith("/home/agent/.report-") for line in said)


def test_a_runner_with_its_own_files(make: Make, commits: Commits) -> None:
    """Reports below the repo's directory are read; those that came with the commit do not count."""
    own = one_gate(command=f"mkdir -p build && {REPORT} > build/a.xml", tests="junit", report="build/*.xml")
    (verdict,) = make(repos=own).check_item(item(), Harvest("c0ffee", "b", base="base"))
    assert verdict.passed, verdict.output
    commits.add("planted", {"apps/api/build/a.xml": "<testsuites/>"}, parent="base")
    lazy = one_gate(command="true", tests="junit", report="build/*.xml")
    (verdict,) = make(repos=lazy).check_item(item(), Harvest("planted", "b", base="base"))
    assert not verdict.passed
    assert "it left no report of its tests" in verdict.output


def test_a_report_is_not_read_through_a_link(make: Make, commits: Commits) -> None:
    """Neither a file nor a directory that leads out of the checkout is read, or removed."""
    outside = commits.root / "outside"
    outside.mkdir()
    (outside / "a.xml").write_text("<testsuites/>")
    linked = commits.root / "commits" / commits.add("linked", {}, parent="base")
    (linked / "apps/api/build").symlink_to(outside)
    lazy = one_gate(command="true", tests="junit", report="build/*.xml")
    (verdict,) = make(repos=lazy).check_item(item(), Harvest("linked", "b"))
    assert "it left no report of its tests" in verdict.output
    command = f"ln -s {outside}/a.xml $TASKS_MD_REPORT"
    (verdict,) = make(repos=one_gate(command=command, tests="junit")).check_item(
        item(), Harvest("c0ffee", "b")
    )
    assert "it left no report of its tests" in verdict.output
    assert (outside / "a.xml").exists()


@pytest.mark.parametrize(
    ("runner", "options"),
    [("vitest", "--reporter=junit --outputFile.junit=/home"), ("jest", "--json --outputFile=/home")],
)
def test_options_of_runners(make: Make, runner: str, options: str) -> None:
    """Runners that are told by options get them behind the command."""
    built = make(repos=one_gate(command="echo run", tests=runner))
    (verdict,) = built.check_item(item(), Harvest("c0ffee", "b"))
    assert options in verdict.output


def test_the_base_is_run_once_for_all(make: Make, commits: Commits) -> None:
    """Items on the same base share its run, and only a gate that needs it runs there."""
    built = make(repos={"api": repo(test="exit 1", lint="true")})
    for _ in range(2):
        red, green = built.check_item(item(), Harvest("c0ffee", "b", base="base"))
        assert (red.passed, red.remark) == (False, "fails on the untouched base as well")
        assert green.passed
    assert commits.asked.count("base") == 1


def test_a_flaky_gate_gets_its_reruns(any_shop: Workshop, commits: Commits, tmp_path: Path) -> None:
    """It is run again while it is red, in a clean place each time, and says so; a red one stays red."""
    flaky = tmp_path / "flaky"
    command = f"test -e {flaky} || {{ touch {flaky}; touch left; exit 1; }}; test ! -e left"
    shop = shop_of(commits, NoSandbox())
    (verdict,) = gates_of(shop, repos=one_gate(command=command, reruns=2)).check_item(
        item(), Harvest("c0ffee", "b")
    )
    assert (verdict.passed, verdict.remark) == (True, "passed on run 2 (flaky)")
    red = gates_of(any_shop, repos=one_gate(command="exit 4", reruns=2))
    (verdict,) = red.check_item(item(), Harvest("c0ffee", "b", base="base"))
    assert not verdict.passed
    assert len(list((commits.root / "logs").glob("MS-SEC-001.gate.test.c0ffee*"))) == 3
