"""What in a diff a person may want to see first."""

import pytest

from tasks_lib.review import Change, flags, matches

TEST = """
import pytest

def test_one():
    assert one() == 1
    assert two() == 2

def test_two():
    with pytest.raises(ValueError):
        two(None)
"""


def of(*changes: Change, **extra: tuple[str, ...]) -> tuple[str, ...]:
    return flags(changes, {words.replace("_", " "): patterns for words, patterns in extra.items()})


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (".github/workflows/ci.yml", "changes CI"),
        ("apps/api/.ci/run", "changes CI"),
        ("apps/api/pyproject.toml", "changes what the gates run or how strict they are"),
        ("tests/conftest.py", "changes what the gates run or how strict they are"),
        ("apps/web/tsconfig.build.json", "changes what the gates run or how strict they are"),
        ("package.json", "changes what the gates run or how strict they are"),
        ("pnpm-lock.yaml", "changes locked dependencies"),
        ("AGENTS.md", "changes instructions for agents"),
        ("docs/.cursor/rules/a.mdc", "changes instructions for agents"),
        (".gitattributes", "changes how git treats files"),
        ("web/.gitmodules", "changes how git treats files"),
    ],
)
def test_paths_that_mean_something(path: str, words: str) -> None:
    """Each kind of path is named under its words."""
    assert f"{words}: {path}" in of(Change(path))


def test_ordinary_work_raises_no_flag() -> None:
    """Code, documents and new tests are what is asked for."""
    changes = [Change("apps/api/a.py"), Change("docs/a.md"), Change("tests/test_new.py", "000000", new=TEST)]
    assert of(*changes) == ()


def test_a_deleted_test() -> None:
    """A test that is gone is named."""
    assert of(Change("tests/test_a.py", mode="000000", old=TEST)) == ("deletes tests: tests/test_a.py",)


@pytest.mark.parametrize(
    ("new", "words"),
    [
        (TEST.replace("    assert two() == 2\n", ""), "fewer assertions (3, now 2)"),
        (TEST.replace("def test_two", "def check_two"), "fewer tests (2, now 1)"),
        (TEST.replace("def test_two", "@pytest.mark.skip\ndef test_two"), "more skips"),
        (TEST.replace("one() == 1", "True"), "more skips or tests that cannot fail (0, now 1)"),
        (TEST + "import os\nos._exit(0)\n", "more skips or tests that cannot fail"),
    ],
)
def test_a_weakened_test(new: str, words: str) -> None:
    """Fewer tests or assertions and more ways around them are counted."""
    found = of(Change("tests/test_a.py", old=TEST, new=new))
    assert any(line.startswith(f"weakens a test: tests/test_a.py: {words}") for line in found)


def test_a_weakened_test_of_javascript() -> None:
    """The same for another language."""
    old = "it('adds', () => { expect(add(1, 1)).toBe(2) })\nit('is', () => { expect(1).toBe(1) })\n"
    new = "it.skip('adds', () => { expect(add(1, 1)).toBe(2) })\nit('is', () => { add(1, 1) })\n"
    assert [line.split(": ")[-1] for line in of(Change("a.test.ts", old=old, new=new))[:3]] == [
        "fewer tests (2, now 1)",
        "fewer assertions (2, now 1)",
        "more skips or tests that cannot fail (0, now 1)",
    ]


def test_a_strengthened_test_is_only_changed() -> None:
    """More of everything is a change of a test, and no weakening."""
    assert of(Change("tests/test_a.py", old=TEST, new=TEST + "    assert three()\n")) == (
        "changes tests that were there: tests/test_a.py",
    )


def test_kinds_of_files() -> None:
    """Links, modes, repositories and large binaries are named."""
    found = of(
        Change("link", "000000", "120000"),
        Change("tool", "100644", "100755"),
        Change("was", "100755", "100644"),
        Change("inner", "000000", "160000"),
        Change("logo.png", "000000", size=3_000_000, binary=True),
        Change("big.txt", size=3_000_000),
    )
    assert found == (
        "adds symbolic links: link",
        "adds repositories inside: inner",
        "makes files executable: tool",
        "makes files not executable: was",
        "adds large binary files: logo.png (3,000,000 bytes)",
    )


def test_many_paths_share_a_line() -> None:
    """One kind is one line, however many paths it has."""
    (line,) = of(*(Change(f"deps/{number}/uv.lock") for number in range(7)))
    assert line.endswith("deps/4/uv.lock and 2 more")


def test_a_user_adds_to_the_table() -> None:
    """Words of the user's own, and more patterns for words that are there."""
    assert of(Change("db/schema.sql"), changes_the_schema=("db/*.sql",)) == (
        "changes the schema: db/schema.sql",
    )
    assert of(Change("build.yml"), changes_CI=("build.yml",)) == ("changes CI: build.yml",)
    assert "changes CI: .github/workflows/ci.yml" in of(Change(".github/workflows/ci.yml"), changes_CI=("x",))


def test_a_path_is_shown_as_data() -> None:
    """A path that would write lines of its own into a report does not."""
    (line,) = of(Change("AGENTS.md/\nchanges nothing\x1b[0m/AGENTS.md"))
    assert "\n" not in line
    assert "\x1b" not in line


@pytest.mark.parametrize(
    ("path", "pattern", "meets"),
    [
        ("a/b/test_x.py", "test_*.py", True),
        ("a/test_dir/x.py", "test_*.py", False),
        ("a/.ci/deep/run", ".ci/*", True),
        ("a.ci/run", ".ci/*", False),
        ("Makefile.old", "Makefile", False),
    ],
)
def test_how_patterns_meet(path: str, pattern: str, *, meets: bool) -> None:
    """Without a slash a name, with one the last parts of a path."""
    assert matches(path, [pattern]) is meets
