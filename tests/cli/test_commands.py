"""Commands that look at a tracking file."""

import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.cli.conftest import EXAMPLE, Call, tracking_file

LOOKING = ("check", "plan", "graph", "next", "status")


@pytest.mark.parametrize("command", LOOKING)
def test_looking_at_a_file_loads_nothing_heavy(call: Call, command: str) -> None:
    """Neither Prefect nor pydantic, git nor anthropic: these commands answer at once."""
    code = (
        "import sys; from tasks_lib.cli import main; main(sys.argv[1:]); "
        "print({'prefect', 'pydantic', 'git', 'anthropic'} & set(sys.modules), file=sys.stderr)"
    )
    assert call(command, EXAMPLE, python=("-c", code)).stderr == "set()\n"


def test_the_example_can_be_run(call: Call) -> None:
    """Check finds nothing and exits 0."""
    done = call("check", EXAMPLE)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("no problems; it can be run\n")


def test_every_problem_is_told_with_its_place(call: Call, tmp_path: Path) -> None:
    """File, line, column, code; exit 1; in one pass."""
    (tmp_path / "t.md").write_text(tracking_file(("A-1", "nonsense", "A-9", "")), encoding="utf-8")
    done = call("check", "t.md")
    assert done.returncode == 1
    assert "t.md:7:" in done.stdout
    assert "[unknown-dependency]" in done.stdout
    assert done.stdout.splitlines()[-1] == "t.md: 2 errors; it cannot be run"


def test_problems_as_json(call: Call, tmp_path: Path) -> None:
    """For programs: one document with everything the text says."""
    (tmp_path / "t.md").write_text(tracking_file(("A-1", "done", "A-9", "")), encoding="utf-8")
    done = call("check", "t.md", "--json")
    found = json.loads(done.stdout)
    problem = next(each for each in found["problems"] if each["code"] == "unknown-dependency")
    assert (done.returncode, found["ok"], found["path"]) == (1, False, "t.md")
    assert (problem["line"], problem["severity"]) == (7, "error")
    assert problem["hint"]


def test_problems_as_annotations(call: Call, tmp_path: Path) -> None:
    """GitHub's and Gitea's form, with its own escapes in names."""
    (tmp_path / "100%,a.md").write_text(tracking_file(("A-1", "done", "A-9", "")), encoding="utf-8")
    lines = call("check", "100%,a.md", "--format", "github").stdout.splitlines()
    assert any(line.startswith("::error file=100%25%2Ca.md,line=7,col=") for line in lines)
    assert any(",title=unknown-dependency::" in line for line in lines)


def test_fix_writes_the_missing_side(call: Call, tmp_path: Path) -> None:
    """Afterwards blocks is the inverse of depends_on and the check is clean; a second fix changes nothing."""
    file = tmp_path / "t.md"
    file.write_text(tracking_file(("A-1", "done", "", ""), ("A-2", "done", "A-1", "")), encoding="utf-8")
    first = call("check", "t.md", "--fix")
    fixed = file.read_bytes()
    second = call("check", "t.md", "--fix")
    assert first.stdout.startswith("t.md: wrote the missing side")
    assert b"| A-2 |" in fixed.splitlines()[6]
    assert (first.returncode, second.returncode) == (0, 0)
    assert "wrote" not in second.stdout
    assert file.read_bytes() == fixed


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "missing.md"),
        ("plan", "."),
        ("bogus",),
        ("graph", "--format", "gif"),
        ("status", "--parallel", "0"),
        ("check", "--json", "--format", "github"),
        ("graph", "--json", "--format", "dot"),
        (),
    ],
)
def test_wrong_usage_is_2(call: Call, arguments: tuple[str, ...]) -> None:
    """A path that cannot be read, an unknown command or option: exit 2 with a reason, no traceback."""
    done = call(*arguments)
    assert done.returncode == 2
    assert done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_that_cannot_be_run_is_explained_by_every_command(call: Call, tmp_path: Path) -> None:
    """Exit 1 and the problems, with the file's name."""
    (tmp_path / "t.md").write_text(tracking_file(("A-1", "done", "A-9", "")), encoding="utf-8")
    for command in LOOKING:
        done = call(command, "t.md")
        assert done.returncode == 1
        assert "t.md:7:" in done.stdout + done.stderr


@pytest.mark.parametrize("command", LOOKING)
def test_every_command_speaks_json(call: Call, tmp_path: Path, command: str) -> None:
    """One document on standard output; of a file with errors, the same one from every command."""
    assert isinstance(json.loads(call(command, EXAMPLE, "--json").stdout), dict)
    (tmp_path / "t.md").write_text(tracking_file(("A-1", "done", "A-9", "")), encoding="utf-8")
    done = call(command, "t.md", "--json")
    found = json.loads(done.stdout)
    assert (done.returncode, found["ok"], found["path"]) == (1, False, "t.md")
    assert [each["code"] for each in found["problems"]] == ["unknown-dependency"]


def test_the_branches_of_the_configuration_are_kept(call: Call, tmp_path: Path) -> None:
    """The nearest one beside or above the file counts, for every command."""
    row = "| id | status | branch |\n|---|---|---|\n| A-1 | todo | stable |\n"
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "tasks.md").write_text(row, encoding="utf-8")
    assert call("check").returncode == 0
    (tmp_path / "tasks-md.toml").write_text('base_branch = "stable"\n[agent]\nno = 1\n', encoding="utf-8")
    for command in LOOKING:
        done = call(command)
        assert done.returncode == 1
        assert "the branch 'stable' is the base branch" in done.stdout + done.stderr
    (tmp_path / "docs" / ".git").mkdir()
    assert call("check").returncode == 0


@pytest.mark.parametrize(
    ("text", "words"),
    [("no toml", "not TOML"), ("tracking_branch = 3", "tracking_branch: the name"), ("\xff", "read")],
)
def test_a_broken_configuration_is_named(call: Call, tmp_path: Path, text: str, words: str) -> None:
    """It is not ignored, as the branches in it are not known then."""
    (tmp_path / "t.md").write_text(tracking_file(("A-1", "done", "", "")), encoding="utf-8")
    (tmp_path / "tasks-md.toml").write_bytes(text.encode("latin-1"))
    for command in LOOKING:
        done = call(command, "t.md")
        assert (done.returncode, done.stdout) == (1, "")
        assert f"tasks-md {command}: {tmp_path / 'tasks-md.toml'}: " in done.stderr
        assert words in done.stderr


def test_the_plan_of_the_example(call: Call) -> None:
    """Four phases, the critical path through all of them, parallelism above two."""
    plan = json.loads(call("plan", EXAMPLE, "--json").stdout)
    assert [len(phase["waves"]) for phase in plan["phases"]] == [3, 2, 2, 3]
    assert len(plan["order"]) == 28
    assert plan["estimate"] == 384_000
    assert plan["parallelism"] > 2
    assert "Phase 1 - Critical Security: 10 items in 3 waves, 106K tokens" in call("plan", EXAMPLE).stdout


def test_pictures_of_the_example(call: Call, tmp_path: Path) -> None:
    """Mermaid, DOT, and an SVG that needs nothing from elsewhere."""
    assert call("graph", EXAMPLE).stdout.startswith("flowchart LR\n")
    assert call("graph", EXAMPLE, "--format", "dot").stdout.startswith("digraph items {\n")
    assert call("graph", EXAMPLE, "--format", "svg", "-o", "p.svg").returncode == 0
    picture = (tmp_path / "p.svg").read_text(encoding="utf-8")
    assert ET.fromstring(picture).tag.endswith("svg")  # noqa: S314 our own picture
    assert picture.count("http") == 1


def test_the_graph_as_data(call: Call) -> None:
    """Nodes, edges from an item to one that waits for it, and the critical path."""
    graph = json.loads(call("graph", EXAMPLE, "--json").stdout)
    assert (len(graph["nodes"]), graph["nodes"][0]["id"]) == (28, "MS-SEC-001")
    assert {"from": "MS-SEC-001", "to": "MS-SEC-002"} in graph["edges"]
    assert graph["critical_path"] == json.loads(call("plan", EXAMPLE, "--json").stdout)["critical_path"]


def test_next_lists_what_is_ready_in_file_order(call: Call) -> None:
    """One item per branch, dependencies done."""
    found = json.loads(call("next", EXAMPLE, "--json").stdout)
    ready = [item["id"] for item in found["ready"]]
    assert (found["reason"], found["stuck"], found["mends"]) == ("underway", [], [])
    assert ready == ["MS-SEC-001", "MS-SEC-004", "MS-SEC-006", "MS-SEC-007", "MS-SEC-008", "MS-SEC-010"]


def test_next_explains_a_deadlock(call: Call, tmp_path: Path) -> None:
    """Nothing can start: which items, why, and what would help; exit 1."""
    rows = ("A-1", "failed", "", "lint is red"), ("A-2", "not-started", "A-1", "")
    (tmp_path / "t.md").write_text(tracking_file(*rows), encoding="utf-8")
    done = call("next", "t.md")
    assert done.returncode == 1
    assert "A-2 waits for A-1, which failed (lint is red)" in done.stdout
    assert "what would help: find out why A-1 failed" in done.stdout
    found = json.loads(call("next", "t.md", "--json").stdout)
    assert (found["ready"], found["reason"]) == ([], "deadlock")
    assert [(each["item"], each["chain"]) for each in found["stuck"]] == [("A-1", []), ("A-2", ["A-1"])]
    assert [(each["root"], each["frees"]) for each in found["mends"]] == [("A-1", 2)]


def test_status_shows_progress_and_forecast(call: Call, tmp_path: Path) -> None:
    """Bars per phase, tokens used against estimated, what is still needed."""
    text = tracking_file(("A-1", "done", "", ""), ("A-2", "not-started", "A-1", ""))
    (tmp_path / "t.md").write_text(text.replace("| 5K | |", "| 5K | 10K |", 1), encoding="utf-8")
    lines = call("status", "t.md").stdout.splitlines()
    assert lines[0] == "Phase 1 - Start  ████████████░░░░░░░░░░░░  1/2"
    assert "Used for what is done: 10K tokens, 2.00 times the estimate of 5K" in lines
    assert "Still needed: about 10K tokens, after 1 finished" in lines
    found = json.loads(call("status", "t.md", "--json").stdout)
    assert found["statuses"] == {"done": 1, "not-started": 1}
    assert found["forecast"]["tokens"]["likely"] == 10_000


def test_status_shows_progress_by_category(call: Call, tmp_path: Path) -> None:
    """By the names that people use, when the ids have categories."""
    text = tracking_file(
        ("MS-SEC-001", "done", "", ""), ("MS-SEC-002", "todo", "", ""), ("MS-X-1", "todo", "", "")
    )
    (tmp_path / "t.md").write_text(text, encoding="utf-8")
    lines = call("status", "t.md").stdout.splitlines()
    assert "security         ████████████░░░░░░░░░░░░  1/2" in lines
    assert "X                ░░░░░░░░░░░░░░░░░░░░░░░░  0/1" in lines
    assert json.loads(call("status", "t.md", "--json").stdout)["categories"] == [
        {"category": "SEC", "name": "security", "statuses": {"done": 1, "not-started": 1}},
        {"category": "X", "name": "X", "statuses": {"not-started": 1}},
    ]


def test_hostile_notes_cannot_steer_the_terminal(call: Call, tmp_path: Path) -> None:
    """Escape sequences in a cell are shown, not obeyed."""
    row = ("A-1", "blocked", "", "&#27;[2J&#27;]0;gone&#7;")
    (tmp_path / "t.md").write_text(tracking_file(row), encoding="utf-8")
    for command in ("status", "next", "plan", "check"):
        assert "\x1b" not in call(command, "t.md").stdout


def test_a_terminal_without_unicode_gets_question_marks(tmp_path: Path) -> None:
    """A Latin-1 terminal does not make the command fail."""
    command = [sys.executable, "-m", "tasks_lib.cli", "plan", str(EXAMPLE)]
    environment = {"PYTHONIOENCODING": "latin-1", "PATH": "/usr/bin"}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=False)
    assert done.returncode == 0
    assert b"MS-SEC-001 ? MS-SEC-002" in done.stdout


def test_a_reader_that_stops_early_is_no_error(tmp_path: Path) -> None:
    """``tasks-md graph | head -1`` prints no traceback."""
    command = f"{sys.executable} -u -m tasks_lib.cli graph {EXAMPLE} --format svg | head -c 10"
    done = subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, check=False)
    assert (done.stdout, done.stderr) == (b"<svg xmlns", b"")


def test_every_command_has_help(call: Call) -> None:
    """The overview names them all; each explains its arguments."""
    overview = call("--help")
    assert overview.returncode == 0
    for command in (*LOOKING, "import", "init", "merge-driver", "run", "demo"):
        assert f"\n    {command}" in overview.stdout
        assert call(command, "--help").returncode == 0
