"""Pull requests for what is done."""

from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from tasks_lib.backlog.model import ItemId, ItemStatus
from tasks_lib.config import HostConfig, RunConfig
from tasks_lib.engine.limits import limits_of
from tasks_lib.engine.pulls import with_pull_request
from tasks_lib.errors import HostError
from tasks_lib.ports import Ending, Outcome, Toolbox, Usage
from tests.planning.conftest import item

DONE = Outcome(ItemId("A-1"), Ending.DONE, commit="c" * 40, usage=Usage(output=4_200), attempts=2)
ROW = item(
    "A-1",
    status=ItemStatus.DONE,
    description="Escape ``` @everybody | closes #1",
    branch="fix/a",
    issue=7,
    repo="my api",
    agent="claude-opus-5-5 (replay)",
)


@dataclass
class Host:
    """Opens pull requests, or says why not."""

    error: str = ""
    asked: list[tuple[str, str, str]] = field(default_factory=list)

    def issue(self, number: int) -> str:
        return f"{number}"

    def open_pull_request(self, branch: str, title: str, body: str) -> str:
        self.asked.append((branch, title, body))
        if self.error:
            raise HostError(self.error)
        return "https://git.example.org/o/r/pulls/3"


def ask(host: Host, config: RunConfig, said: list[str]) -> Outcome:
    tools = cast("Toolbox", SimpleNamespace(host=host, label="replay"))
    return with_pull_request(DONE, ROW, config, tools, said.append)


@pytest.fixture
def config(tmp_path: Path) -> RunConfig:
    host = HostConfig(kind="gitea", url="https://git.example.org", repository="o/r")
    return RunConfig(state_dir=tmp_path, host=host)


def test_what_is_done_asks_to_be_merged(config: RunConfig) -> None:
    """From the item's branch; the text says what was asked for, by whom it was done, and what it took."""
    host, said = Host(), list[str]()
    outcome = ask(host, config, said)
    (branch, title, body), *_ = host.asked
    assert outcome.pull_request == "https://git.example.org/o/r/pulls/3"
    assert (branch, title.split(":")[0]) == ("fix/a", "A-1")
    assert "````text\nEscape ``` @everybody | closes #1\n````" in body
    assert "in 2 attempts with 4.2K tokens (replay)" in body
    assert "Issue: #7" in body


def test_a_host_that_does_not_open_one_is_worth_a_remark(config: RunConfig) -> None:
    """The item stays done."""
    said: list[str] = []
    assert ask(Host("nothing to merge"), config, said) == DONE
    assert said == ["A-1: done and pushed, but no pull request was opened: nothing to merge"]


def test_nobody_is_asked_where_there_is_nothing_to_ask_for(config: RunConfig) -> None:
    """Without a host, and where finished items are merged into the base branch itself."""
    host = Host()
    for other in ({"host": HostConfig()}, {"integration_branch": config.base_branch}):
        assert ask(host, config.model_copy(update=other), []) == DONE
    assert not host.asked


def test_limits_have_names_that_prefect_takes() -> None:
    """By repo and agent; the mark of a replay is no other agent."""
    assert limits_of(ROW) == ("tasks-md.repo.my-api", "tasks-md.agent.claude-opus-5-5")
