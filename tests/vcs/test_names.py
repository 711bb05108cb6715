"""Names from outside, before git sees them."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks_lib.backlog import parse_backlog
from tasks_lib.backlog.cells import escape
from tasks_lib.backlog.document import LONGEST_ID
from tasks_lib.backlog.model import Item, ItemId, ItemStatus
from tasks_lib.config import RunConfig
from tasks_lib.errors import BacklogError, ConfigError, WorkspaceError
from tasks_lib.vcs.names import check_names, item_branch, parse_remote
from tests.backlog.test_names import git_takes

KEPT = st.sampled_from(
    ["main", "tasks-md", "tasks-md-lock", "tasks-md/integration", "MAIN", "HEAD", "0" * 40]
)
BRANCHES = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=12),
    st.lists(
        KEPT | st.sampled_from(["fix", "/", "ä", "(a),b!;$(x)", "x", ".lock", "..", "-", "a" * 199]),
        max_size=4,
    ).map("".join),
)


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


@given(BRANCHES)
def test_an_item_that_passes_the_check_can_be_worked_on(branch: str) -> None:
    """One rule for branches: what ``tasks-md check`` accepts is never refused by the run."""
    header = "| id | status | branch |\n|---|---|---|\n"
    try:
        [item] = parse_backlog(f"{header}| MS-SEC-001 | todo | {escape(branch)} |\n".encode())
    except BacklogError:
        return
    assert git_takes(item_branch(item, RunConfig()))


def test_the_longest_id_makes_a_branch() -> None:
    """An empty cell means a branch after the id, however long that is."""
    item = Item(ItemId("A-" + "1" * (LONGEST_ID - 2)), ItemStatus.NOT_STARTED, "Mend it", 1, 9)
    assert item_branch(item, RunConfig()).endswith("1")
