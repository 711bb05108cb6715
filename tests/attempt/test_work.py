"""The work on one item with the real ledger and workspaces, when the remote turns away in the middle."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tasks_lib.attempt import make_attempt
from tasks_lib.backlog.model import ItemId, ItemStatus
from tasks_lib.config import RunConfig
from tasks_lib.engine.record import ItemRecord
from tasks_lib.engine.work import do
from tasks_lib.errors import PublishUnknown
from tasks_lib.ports import Attempt, Brief, Ending, Outcome, Toolbox, Workspace
from tests.crash.driver import say, toolbox
from tests.crash.project import configuration, make
from tests.engine.project import Project

ITEM = ItemId("ACP-001")
LOSES = """\
#!/bin/sh
while read -r old new ref; do
    case "$ref" in refs/heads/{branch}) {then} ;; esac
done
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return make(tmp_path, 1)


@pytest.fixture
def config(tmp_path: Path, project: Project) -> RunConfig:
    soon = {"patience": 0.2, "poll": 0.1, "push_budget": 0.2}
    return configuration(tmp_path).model_copy(update={"remote": str(project.remote), **soon})


@contextmanager
def at_work(config: RunConfig) -> Iterator[tuple[Toolbox, ItemRecord]]:
    tools = toolbox(config, "run-1")
    with tools.lock.exclusive():
        yield tools, ItemRecord(tools.ledger.read()[ITEM], tools)


def work(config: RunConfig, meanwhile: Callable[[], object]) -> Outcome:
    """Do the item; something happens after its agent has finished."""
    with at_work(config) as (tools, record):

        def attempt(brief: Brief, workspace: Workspace) -> Attempt:
            made = make_attempt(tools, brief, workspace, say)
            meanwhile()
            return made

        return do(record, config, tools, attempt, say)


def hook(project: Project, name: str, branch: str, then: str) -> None:
    path = project.remote / "hooks" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(LOSES.format(branch=branch, then=then))
    path.chmod(0o755)


@pytest.mark.parametrize("moment", ["pre-receive", "post-receive"])
def test_after_a_push_without_an_answer_the_row_stays_in_progress(
    project: Project, config: RunConfig, moment: str
) -> None:
    """Whether it landed or not: the next run looks, finishes the item once, and nobody guesses."""
    hook(project, moment, "integration", "kill -s KILL $PPID; mv ../app.git ../away.git")
    with pytest.raises(PublishUnknown):
        work(config, lambda: None)
    (project.remote.parent / "away.git").rename(project.remote)
    (project.remote / "hooks" / moment).unlink()

    assert project.backlog()[ITEM].status is ItemStatus.IN_PROGRESS
    assert work(config, lambda: None).ending is Ending.DONE
    merges = [subject for subject in project.subjects("integration") if subject.startswith("Merge ACP-001")]
    assert len(merges) == 1


def test_an_item_whose_file_was_lost_is_given_back(project: Project, config: RunConfig) -> None:
    """It is not the item's fault, and nothing of it is published."""
    before = project.git("for-each-ref", "refs/heads/integration")
    outcome = work(config, lambda: project.git("update-ref", "refs/heads/main", _without_file(project)))

    assert (outcome.ending, "is not on main" in outcome.notes) == (Ending.GIVEN_BACK, True)
    assert project.git("for-each-ref", "refs/heads/integration") == before


def _without_file(project: Project) -> str:
    """Return a commit on top of the branch that has no tracking file."""
    empty = project.git("hash-object", "-w", "-t", "tree", "/dev/null")
    identity = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    return project.git(*identity, "commit-tree", empty, "-p", "main", "-m", "Away with it")
