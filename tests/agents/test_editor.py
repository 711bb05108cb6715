"""The text editor: byte-exact, unique, confined."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks_lib.agents.tools import lines
from tasks_lib.agents.tools.answer import ANSWER_LIMIT, ToolError
from tasks_lib.agents.tools.checkout import FILE_LIMIT, Checkout
from tasks_lib.agents.tools.editor import Editor

Edit = Callable[..., str]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    path = tmp_path / "checkout"
    (path / ".git").mkdir(parents=True)
    (path / ".git" / "config").write_text("[core]\n")
    (path / "app.py").write_bytes(b"one\ntwo\nthree\n")
    return path


@pytest.fixture
def edit(root: Path) -> Edit:
    editor = Editor(Checkout(root, Path("/workspace"), frozenset({"docs/tasks.md"})))

    def call(command: str, path: str, **more: object) -> str:
        return editor.call({"command": command, "path": path, **more}).text

    return call


def test_view_numbers_the_lines(edit: Edit) -> None:
    """As ``cat -n`` does."""
    assert edit("view", "app.py") == "     1\tone\n     2\ttwo\n     3\tthree"


@pytest.mark.parametrize(
    ("bounds", "seen"), [([2, 3], "     2\ttwo\n     3\tthree"), ([3, -1], "     3\tthree")]
)
def test_view_shows_a_range(edit: Edit, bounds: list[int], seen: str) -> None:
    """Both ends are included; -1 is the end of the file."""
    assert edit("view", "app.py", view_range=bounds) == seen


@pytest.mark.parametrize("bounds", [[0, 2], [4, 5], [3, 2], [1], "1-2", [1, "2"], [True, 2]])
def test_a_range_outside_of_the_file_is_refused(edit: Edit, bounds: object) -> None:
    """The answer says which ranges there are."""
    with pytest.raises(ToolError, match="view_range"):
        edit("view", "app.py", view_range=bounds)


def test_view_lists_a_directory_two_levels_deep(edit: Edit, root: Path) -> None:
    """Hidden entries and caches are left out, links are not followed."""
    (root / "apps/api/deep").mkdir(parents=True)
    (root / "apps/__pycache__").mkdir()
    (root / "loop").symlink_to(root)
    assert edit("view", ".").splitlines() == [".", "app.py", "apps/", "apps/api/", "loop/"]


def test_a_long_file_is_cut_at_a_line(edit: Edit, root: Path) -> None:
    """What is missing can be seen with a range."""
    (root / "long.txt").write_text("x" * 99 + "\n" + ("y" * 99 + "\n") * 1000)
    seen = edit("view", "long.txt")
    assert len(seen) <= ANSWER_LIMIT + 100
    assert seen.endswith("[cut here; use `view_range` to see what follows]")


def test_an_empty_file_is_said_to_be_empty(edit: Edit, root: Path) -> None:
    """An empty answer would be none."""
    (root / "empty").write_text("")
    assert edit("view", "empty") == "(the file is empty)"


def test_create_makes_directories_and_says_what_it_did(edit: Edit, root: Path) -> None:
    """A file that was there is overwritten, and the model is told so."""
    assert edit("create", "a/b/c.txt", file_text="x\r\ny") == "a/b/c.txt was created"
    assert edit("create", "a/b/c.txt", file_text="z") == "a/b/c.txt was overwritten"
    assert (root / "a/b/c.txt").read_bytes() == b"z"
    assert list((root / "a/b").iterdir()) == [root / "a/b/c.txt"]


def test_str_replace_changes_nothing_else(edit: Edit, root: Path) -> None:
    """The answer shows the place."""
    assert "     2\tTWO" in edit("str_replace", "app.py", old_str="two", new_str="TWO")
    assert (root / "app.py").read_bytes() == b"one\nTWO\nthree\n"


def test_str_replace_without_new_text_deletes(edit: Edit, root: Path) -> None:
    """``new_str`` may be left out."""
    edit("str_replace", "app.py", old_str="two\n")
    assert (root / "app.py").read_bytes() == b"one\nthree\n"


def test_an_ambiguous_text_names_its_lines(edit: Edit, root: Path) -> None:
    """Nothing is changed."""
    with pytest.raises(ToolError, match=r"app\.py: `old_str` was found 2 times \(beginning in lines 1, 2\)"):
        edit("str_replace", "app.py", old_str="o", new_str="0")
    assert (root / "app.py").read_bytes() == b"one\ntwo\nthree\n"


@pytest.mark.parametrize(("old", "told"), [("four", "was not found"), ("", "is empty")])
def test_a_text_that_is_not_there_is_refused(edit: Edit, old: str, told: str) -> None:
    """The answer says what to do about it."""
    with pytest.raises(ToolError, match=told):
        edit("str_replace", "app.py", old_str=old, new_str="x")


def test_windows_line_ends_are_kept(edit: Edit, root: Path) -> None:
    """A model writes plain line feeds; the file keeps its own."""
    (root / "dos.txt").write_bytes(b"a\r\nb\r\nc")
    edit("str_replace", "dos.txt", old_str="a\nb", new_str="a\nB\nbb")
    edit("insert", "dos.txt", insert_line=0, insert_text="top")
    assert (root / "dos.txt").read_bytes() == b"top\r\na\r\nB\r\nbb\r\nc"


def test_bytes_that_are_no_text_survive(edit: Edit, root: Path) -> None:
    """Only what is replaced changes."""
    (root / "latin.txt").write_bytes(b"caf\xe9\nkey=1\n")
    edit("str_replace", "latin.txt", old_str="key=1", new_str="key=2")
    assert (root / "latin.txt").read_bytes() == b"caf\xe9\nkey=2\n"


@pytest.mark.parametrize(
    ("line", "text", "result"),
    [
        (0, "zero\n", b"zero\none\ntwo"),
        (1, "more", b"one\nmore\ntwo"),
        (2, "end", b"one\ntwo\nend"),
        (2, "end\n", b"one\ntwo\nend\n"),
    ],
)
def test_insert_puts_whole_lines(edit: Edit, root: Path, line: int, text: str, result: bytes) -> None:
    """Lines never run together; a final line feed is added only where asked for."""
    (root / "short").write_bytes(b"one\ntwo")
    edit("insert", "short", insert_line=line, insert_text=text)
    assert (root / "short").read_bytes() == result


@pytest.mark.parametrize("line", [-1, 4, "1", True, None])
def test_insert_refuses_a_line_that_is_not_there(edit: Edit, line: object) -> None:
    """The answer says which lines there are."""
    with pytest.raises(ToolError, match="insert_line"):
        edit("insert", "app.py", insert_line=line, insert_text="x")


def test_the_mode_of_a_file_is_kept(edit: Edit, root: Path) -> None:
    """A script stays executable."""
    (root / "app.py").chmod(0o755)
    edit("str_replace", "app.py", old_str="two", new_str="2")
    assert stat.S_IMODE((root / "app.py").stat().st_mode) == 0o755


@pytest.mark.parametrize("path", ["app.py", "./app.py", "sub/../app.py", "/workspace/app.py"])
def test_paths_are_relative_or_as_commands_see_them(edit: Edit, path: str) -> None:
    """Whatever path a command printed can be used."""
    assert "one" in edit("view", path)


def test_absolute_paths_of_the_checkout_work(edit: Edit, root: Path) -> None:
    """Also where the checkout is on this machine."""
    assert "one" in edit("view", str(root / "app.py"))


@pytest.mark.parametrize(
    "path", ["../outside.txt", "/etc/passwd", "/workspace/../etc/passwd", "/workspacex/app.py", "a\0b", ""]
)
@pytest.mark.parametrize("command", ["view", "create", "str_replace"])
def test_no_path_leads_out(edit: Edit, root: Path, command: str, path: str) -> None:
    """Neither by dots nor from the root."""
    with pytest.raises(ToolError):
        edit(command, path, file_text="x", old_str="a", new_str="b")
    assert not (root.parent / "outside.txt").exists()


@pytest.mark.parametrize("command", ["view", "create", "str_replace", "insert"])
@pytest.mark.parametrize("kind", ["file", "dangling", "directory"])
def test_no_link_leads_out(edit: Edit, root: Path, command: str, kind: str) -> None:
    """Links are resolved first, those to nowhere included."""
    outside = root.parent / "outside"
    outside.mkdir()
    (outside / "secret").write_text("canary")
    targets = {"file": outside / "secret", "dangling": outside / "new", "directory": outside}
    (root / "link").symlink_to(targets[kind])
    path = "link/secret" if kind == "directory" else "link"
    with pytest.raises(ToolError, match="out of the checkout"):
        edit(command, path, file_text="x", old_str="canary", new_str="x", insert_line=0, insert_text="x")
    assert [(entry.name, entry.read_text()) for entry in outside.iterdir()] == [("secret", "canary")]


@pytest.mark.parametrize("path", [".git/config", ".git", ".GIT/config", "x/../.git/config", "gitlink/config"])
def test_git_is_not_for_the_editor(edit: Edit, root: Path, path: str) -> None:
    """Hooks and configuration cannot be planted through it, by whatever name."""
    (root / "gitlink").symlink_to(root / ".git")
    with pytest.raises(ToolError, match="belongs to git"):
        edit("create", path, file_text="[core]\nfsmonitor = evil\n")
    assert (root / ".git/config").read_text() == "[core]\n"


def test_the_tracking_file_is_not_written(edit: Edit, root: Path) -> None:
    """It can be read, and a link to it does not help."""
    (root / "docs").mkdir()
    (root / "docs/tasks.md").write_text("rows\n")
    (root / "alias.md").symlink_to("docs/tasks.md")
    for path in ("docs/tasks.md", "alias.md"):
        with pytest.raises(ToolError, match="orchestrator only"):
            edit("create", path, file_text="done\n")
    assert "rows" in edit("view", "docs/tasks.md")


def test_links_inside_of_the_checkout_are_followed(edit: Edit, root: Path) -> None:
    """The link stays, its target changes."""
    (root / "alias.py").symlink_to("app.py")
    edit("str_replace", "alias.py", old_str="two", new_str="2")
    assert (root / "alias.py").is_symlink()
    assert (root / "app.py").read_bytes() == b"one\n2\nthree\n"


def test_a_circle_of_links_is_an_answer(edit: Edit, root: Path) -> None:
    """It does not end the attempt."""
    (root / "a").symlink_to("b")
    (root / "b").symlink_to("a")
    with pytest.raises(ToolError):
        edit("view", "a")


def test_a_pipe_does_not_hang(edit: Edit, root: Path) -> None:
    """Only regular files are opened."""
    os.mkfifo(root / "pipe")
    with pytest.raises(ToolError, match="not a regular file"):
        edit("view", "pipe")
    with pytest.raises(ToolError, match="not a regular file"):
        edit("create", "pipe", file_text="x")


def test_a_huge_file_is_refused(edit: Edit, root: Path) -> None:
    """It would fill the memory of the orchestrator."""
    with (root / "huge").open("wb") as file:
        file.truncate(FILE_LIMIT + 1)
    with pytest.raises(ToolError, match="larger than"):
        edit("view", "huge")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"command": "undo_edit", "path": "app.py"}, "must be view, create, str_replace or insert"),
        ({"command": "view"}, "`path` is missing"),
        ({"command": "create", "path": "x"}, "`file_text` is missing"),
        ({"command": "create", "path": "x", "file_text": 1}, "`file_text` must be a text"),
        ({"command": "create", "path": "x" * 300, "file_text": "x"}, "File name too long"),
        ({"command": "create", "path": "app.py/x", "file_text": "x"}, "app.py/x: "),
        ({"command": "view", "path": "nowhere"}, "nowhere: No such file"),
    ],
)
def test_a_bad_call_is_told_what_is_wrong(root: Path, given: dict[str, object], told: str) -> None:
    """A model can send anything."""
    with pytest.raises(ToolError) as caught:
        Editor(Checkout(root)).call(given)
    assert told in str(caught.value)


@given(st.binary(max_size=40), st.text(min_size=1, max_size=5), st.text(max_size=5), st.binary(max_size=40))
def test_a_replacement_leaves_the_rest(before: bytes, old: str, new: str, behind: bytes) -> None:
    """Bytes before and behind the place stay, whatever they are."""
    wanted = old.encode()
    data = before + wanted + behind
    if b"\r\n" in data or "\n" in old or lines._places(data, wanted) != [len(before)]:  # noqa: SLF001  what unique means
        return
    assert lines.replaced(data, old, new)[0] == before + new.encode() + behind


@given(st.binary(max_size=80))
def test_lines_put_together_again_are_the_file(data: bytes) -> None:
    """Splitting loses nothing."""
    assert b"".join(lines.split(data)) == data
