"""Names of branches, before git or a shell sees them."""

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks_lib.backlog.names import DEFAULT_BRANCHES, name_fault


def git_takes(name: str) -> bool:
    done = subprocess.run(["git", "check-ref-format", "--branch", name], capture_output=True, check=False)
    return done.returncode == 0


@given(st.lists(st.text("aZ0._/-+#@=", max_size=12) | st.just(".lock"), max_size=3).map("".join))
def test_what_passes_is_a_branch_for_git(name: str) -> None:
    """Our rules are within git's, so that git never has to refuse a name from the file."""
    if not name_fault(name):
        assert git_takes(name)


@pytest.mark.parametrize("name", ["fix/auth", "fix/#12_a.b", "release-1.0", "user@host/x", "_x"])
def test_usual_names_pass(name: str) -> None:
    """What people call their branches is fine."""
    assert name_fault(name) == ""


@pytest.mark.parametrize(
    "name",
    [
        *(
            "",
            "-x",
            "a b",
            "a..b",
            "x.lock",
            "x.lock/y",
            "x.",
            ".x",
            "a//b",
            "/a",
            "a/",
            "HEAD",
            "refs/heads/x",
        ),
        *("$(id)", "a;b", "a\nb", "a:b", "a~1", "x" * 201, "0" * 40, "@{-1}", "é"),
    ],
)
def test_dangerous_names_do_not(name: str) -> None:
    """Options, shell words, revisions and look-alikes of other names are refused with a reason."""
    assert name_fault(name) != ""


@pytest.mark.parametrize("name", ["MAIN", "develop", "HEAD", "main", "main/x", "tasks-md", "tasks-md-lock/x"])
def test_kept_names_are_refused(name: str) -> None:
    """Protected names in any case, and what git could not hold beside the branches of a run."""
    assert DEFAULT_BRANCHES.fault(name) != ""


@pytest.mark.parametrize("name", ["fix/main", "main-2", "tasks-md/fix", "tasks-md-locks", "release/1.0"])
def test_names_like_kept_ones_are_fine(name: str) -> None:
    """Only the names themselves are kept, and the directories that they stand for."""
    assert DEFAULT_BRANCHES.fault(name) == ""
