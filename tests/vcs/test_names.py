"""Names from outside, before git sees them."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks_lib.backlog.model import Item, ItemId, ItemStatus
from tasks_lib.config import RunConfig
from tasks_lib.errors import ConfigError, WorkspaceError
from tasks_lib.vcs.names import branch_fault, check_names, item_branch, parse_remote


def git_takes(name: str) -> bool:
    done = subprocess.run(["git", "check-ref-format", "--branch", name], capture_output=True, check=False)
    return done.returncode == 0


@given(st.lists(st.text("aZ0._/-+#@=", max_size=12) | st.just(".lock"), max_size=3).map("".join))
def test_what_passes_is_a_branch_for_git(name: str) -> None:
    """Our rules are within git's, so that git never has to refuse a name from the file."""
    if not branch_fault(name):
        assert git_takes(name)


@pytest.mark.parametrize("name", ["fix/auth", "fix/#12_a.b", "release-1.0", "user@host/x", "_x"])
def test_usual_names_pass(name: str) -> None:
    """What people call their branches is fine."""
    assert branch_fault(name) == ""


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
    assert branch_fault(name) != ""


@pytest.mark.parametrize(
    ("text", "protocol"),
    [
        ("https://git.example.org/a/b.git", "https"),
        ("ssh://git@example.org/a/b.git", "ssh"),
        ("git@example.org:a/b.git", "ssh"),
        ("http://127.0.0.1:3000/a", "http"),
        ("git://127.0.0.1/a", "git"),
        ("file:///srv/a.git", "file"),
        ("/srv/a b.git", "file"),
        ("a/b.git", "file"),
    ],
)
def test_an_address_tells_its_only_protocol(text: str, protocol: str) -> None:
    """Calls to the remote may speak that protocol and no other."""
    assert parse_remote(text).protocol == protocol


@pytest.mark.parametrize("text", ["", "-oProxyCommand=x", "ext::sh -c id", "fd::3", "ftp://a/b", "a\nb"])
def test_an_address_that_runs_something_is_refused(text: str) -> None:
    """Git's own transports, options and unknown schemes are a mistake in the configuration."""
    with pytest.raises(ConfigError, match="remote"):
        parse_remote(text)


def test_a_path_is_made_absolute() -> None:
    """A path means the same wherever git runs, and in every process of a run."""
    assert parse_remote("a/b.git").address == str(Path("a/b.git").resolve())


def test_each_address_has_a_directory_of_its_own() -> None:
    """Two remotes of one name do not share a clone."""
    first, second = parse_remote("https://a.example.org/x.git"), parse_remote("https://b.example.org/x.git")
    assert first.slug.startswith("x-")
    assert first.slug != second.slug


@pytest.mark.parametrize(
    "wrong",
    [
        {"tracking_branch": "-x"},
        {"base_branch": "a b"},
        {"integration_branch": "main"},
        {"tracking_file": "/etc/passwd"},
        {"tracking_file": "../tasks.md"},
        {"tracking_file": ".git/config"},
        {"tracking_file": "docs//tasks.md"},
    ],
)
def test_the_configuration_is_checked_too(wrong: dict[str, str]) -> None:
    """The message names the key."""
    with pytest.raises(ConfigError, match=next(iter(wrong))):
        check_names(RunConfig.model_validate(wrong))


@pytest.mark.parametrize("branch", ["tasks-md-lock", "tasks-md-lock/0123456789abcdef"])
def test_no_item_is_worked_on_where_locks_are(branch: str) -> None:
    """An agent's commit in the place of a lock would be taken for somebody's lock."""
    item = Item(ItemId("MS-SEC-001"), ItemStatus.NOT_STARTED, "Mend it", 1, 9, branch=branch)
    with pytest.raises(WorkspaceError, match="the directory of locks"):
        item_branch(item, RunConfig())
