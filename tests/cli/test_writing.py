"""Commands that write files."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from tasks_lib.backlog import parse_backlog
from tasks_lib.config import RunConfig, load_config
from tests.cli.conftest import Call, tracking_file


def git(directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    identity = ("-c", "user.name=T", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main")
    command = ["git", *identity, *arguments]
    return subprocess.run(command, cwd=directory, capture_output=True, encoding="utf-8", check=False)


def test_init_writes_a_start_that_can_be_run(call: Call, tmp_path: Path) -> None:
    """The starter passes its own check, and its configuration loads."""
    assert call("init").returncode == 0
    assert call("check").returncode == 0
    config = load_config(tmp_path / "tasks-md.toml")
    backlog = parse_backlog((tmp_path / "docs" / "tasks.md").read_bytes())
    assert {item.repo for item in backlog} <= set(config.repos)
    assert config.tracking_file == "docs/tasks.md"
    assert [gate.name for gate in config.repos["main"].gates] == ["lint", "test"]


def test_every_commented_setting_of_the_starter_exists(call: Call, tmp_path: Path) -> None:
    """With every comment sign taken away, the configuration still loads: no setting is made up."""
    call("init")
    file = tmp_path / "tasks-md.toml"
    settings = [
        line.removeprefix("# ")
        for line in file.read_text(encoding="utf-8").splitlines()
        if "=" in line or line.lstrip("# ").startswith("[")
    ]
    file.write_text("\n".join(_ending_tables(settings)), encoding="utf-8")
    assert load_config(file).repos.keys() == {"main", "api"}


def _fields(model: type[BaseModel]) -> dict[type[BaseModel], set[str]]:
    """Return the names of the fields of a model, and of the models in it."""
    found = {model: set(model.model_fields)}
    for field in model.model_fields.values():
        for kind in (field.annotation, *get_args(field.annotation)):
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                found |= _fields(kind)
    return found


def test_every_setting_is_in_the_starter(call: Call, tmp_path: Path) -> None:
    """Each field of the configuration is named, mostly in a comment with its default."""
    call("init")
    text = (tmp_path / "tasks-md.toml").read_text(encoding="utf-8")
    fields = _fields(RunConfig)
    assert len(fields) >= 9
    missing = [
        name
        for names in fields.values()
        for name in names
        if not re.search(rf"\b{name}\b( =|\.|\]|$)", text, re.MULTILINE)
    ]
    assert missing == []


def test_the_comments_of_the_starter_show_the_defaults(call: Call, tmp_path: Path) -> None:
    """What stands commented out changes nothing when it is used, but for examples that say so."""
    call("init")
    text = (tmp_path / "tasks-md.toml").read_text(encoding="utf-8")
    text = re.sub(r"(?ms)^# (?:A second|The model of|Prices|\.\.\. and).*?\n\n", "", text)
    used = tomllib.loads(re.sub(r"(?m)^# (?=[a-z_]+ = )", "", text))
    fresh = RunConfig().model_dump(mode="json")
    shown = {name: value for name, value in used.items() if name not in {"repos", "phase_gates"}}
    examples = {("agent", "prompt"), ("host", "url"), ("host", "repository")}
    examples |= {("budget", limit) for limit in fresh["budget"]}
    for name, value in shown.items():
        for key, inner in value.items() if isinstance(value, dict) else [("", value)]:
            if (name, key) not in examples:
                assert inner == (fresh[name][key] if key else fresh[name]), (name, key)


def _ending_tables(lines: list[str]) -> list[str]:
    """Close the list of gates, whose last line holds no equals sign."""
    closed = []
    for before, line in zip(["", *lines], lines, strict=False):
        closed += ["]"] if before.startswith("    {") and not line.startswith("    {") else []
        closed.append(line)
    return closed


def test_init_never_replaces_what_is_there(call: Call, tmp_path: Path) -> None:
    """One file is there: neither is written, exit 2; with --force both are."""
    (tmp_path / "tasks-md.toml").write_text("mine", encoding="utf-8")
    refused = call("init")
    assert (refused.returncode, "--force" in refused.stderr) == (2, True)
    assert not (tmp_path / "docs").exists()
    assert call("init", "--force").returncode == 0
    assert (tmp_path / "tasks-md.toml").read_text(encoding="utf-8") != "mine"


def test_import_writes_a_file_and_tells_the_losses(call: Call, tmp_path: Path) -> None:
    """The result passes the check; what was not carried over is on standard error."""
    entry = {"id": 1, "title": "A", "status": "pending", "details": "much"}
    (tmp_path / "tasks.json").write_text(json.dumps({"tasks": [entry]}), encoding="utf-8")
    done = call("import", "task-master", "tasks.json", "-o", "docs/tasks.md", "--prefix", "MS-NEW")
    assert (done.returncode, done.stdout) == (0, "docs/tasks.md: 1 item\n")
    assert done.stderr == "not carried over: details (1: 1)\n"
    assert "| MS-NEW-001 | not-started | A |" in (tmp_path / "docs" / "tasks.md").read_text(encoding="utf-8")
    assert call("check", "docs/tasks.md").returncode == 0
    assert call("import", "task-master", "tasks.json", "-o", "docs/tasks.md").returncode == 2


def test_import_reads_a_directory_of_backlog_md(call: Call, tmp_path: Path) -> None:
    """Open and completed files alike."""
    for place, number, status in (("tasks", 1, "To Do"), ("completed", 2, "Done")):
        (tmp_path / "backlog" / place).mkdir(parents=True)
        text = f"---\nid: task-{number}\ntitle: T{number}\nstatus: {status}\n---\n"
        (tmp_path / "backlog" / place / f"task-{number}.md").write_text(text, encoding="utf-8")
    backlog = parse_backlog(call("import", "backlog-md", "backlog").stdout.encode())
    assert [(item.id, item.done) for item in backlog] == [("TASK-1", False), ("TASK-2", True)]


def test_import_names_the_file_that_is_not_utf_8(call: Call, tmp_path: Path) -> None:
    """Of a whole directory, with the offset of the byte."""
    (tmp_path / "a.md").write_text("---\nid: task-1\n---\n", encoding="utf-8")
    (tmp_path / "b.md").write_bytes(b"ab\xff")
    done = call("import", "backlog-md", ".")
    assert (done.returncode, done.stdout) == (2, "")
    assert "b.md is not UTF-8: invalid start byte at offset 2" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("beads", "t.md"), 1, "t.md:1:1: error [not-json]"),
        (("checkbox", "t.md"), 1, "no items"),
        (("checkbox", "t.md", "--prefix", "a b"), 2, "no prefix"),
        (("checkbox", "missing"), 2, "cannot be read"),
    ],
)
def test_import_explains_what_it_cannot_read(
    call: Call, tmp_path: Path, arguments: tuple[str, ...], code: int, words: str
) -> None:
    """The wrong format, an empty list, a bad prefix: a reason and an exit code, no file."""
    (tmp_path / "t.md").write_text("# nothing\n", encoding="utf-8")
    done = call("import", *arguments)
    assert done.returncode == code
    assert words in done.stderr
    assert "Traceback" not in done.stderr


FRESH = tracking_file(("A-1", "not-started", "", ""), ("A-2", "not-started", "", ""))


def merged(call: Call, directory: Path, ours: str, theirs: str) -> tuple[int, str, str]:
    for name, text in (("O", FRESH), ("A", ours), ("B", theirs)):
        (directory / name).write_text(text, encoding="utf-8")
    done = call("merge-driver", "O", "A", "B")
    return done.returncode, (directory / "A").read_text(encoding="utf-8"), done.stderr


def said(text: str) -> list[tuple[str, str]]:
    """Return what the rows say: status and description."""
    return [(item.status.value, item.description) for item in parse_backlog(text.encode())]


def test_the_merge_driver_merges_cells(call: Call, tmp_path: Path) -> None:
    """Two people change two cells of one row: both changes are in the result."""
    ours = FRESH.replace("| A-1 | not-started |", "| A-1 | done |")
    theirs = FRESH.replace("Do A-1", "Do A-1 well")
    code, text, reason = merged(call, tmp_path, ours, theirs)
    assert (code, reason) == (0, "")
    assert said(text) == [("done", "Do A-1 well"), ("not-started", "Do A-2")]


def test_the_merge_driver_keeps_both_sides_of_a_conflict(call: Call, tmp_path: Path) -> None:
    """One cell, two values: git is told, and both stand in the file between markers."""
    ours = FRESH.replace("| A-1 | not-started |", "| A-1 | done |")
    theirs = FRESH.replace("| A-1 | not-started |", "| A-1 | failed |")
    code, text, reason = merged(call, tmp_path, ours, theirs)
    assert code == 1
    assert "A-1: both sides changed status" in reason
    assert "<<<<<<< ours" in text
    assert "| A-1 | done |" in text
    assert "| A-1 | failed |" in text


def test_git_calls_the_driver(tmp_path: Path) -> None:
    """With the two lines of set-up, a merge of neighbouring cells has no conflict."""
    git(tmp_path, "init", "-q")
    driver = f"{sys.executable} -m tasks_lib.cli merge-driver %O %A %B"
    git(tmp_path, "config", "merge.tasks-md.driver", driver)
    (tmp_path / ".gitattributes").write_text("tasks.md merge=tasks-md\n", encoding="utf-8")
    file = tmp_path / "tasks.md"
    for branch, text in (
        ("main", FRESH),
        ("theirs", FRESH.replace("Do A-1", "Do A-1 well")),
        ("main", FRESH.replace("| A-1 | not-started |", "| A-1 | done |")),
    ):
        if text is not FRESH:
            git(tmp_path, "checkout", "-q", *([] if branch == "main" else ["-b"]), branch)
        file.write_text(text, encoding="utf-8")
        git(tmp_path, "add", ".")
        git(tmp_path, "commit", "-qm", branch)
    done = git(tmp_path, "merge", "theirs", "-m", "merge")
    assert done.returncode == 0, done.stdout + done.stderr
    assert said(file.read_text(encoding="utf-8")) == [("done", "Do A-1 well"), ("not-started", "Do A-2")]
