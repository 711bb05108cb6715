"""People who push while a run is at work: their edits win, and the run says what it made of them."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from tasks_lib.backlog.model import ItemStatus
from tasks_lib.config import RunConfig
from tests.engine.project import Project, waits, writes

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("prefect_api")]

ROW = "| ACP-00{n} | not-started | Add more | app | more |  |  |  |  |  | 5K |  |  |"


def run(config: RunConfig) -> Any:  # noqa: ANN401 - a Prefect state
    from flows.run_backlog import run_backlog

    return run_backlog(config.model_copy(update={"poll": 1.0}), return_state=True)


def add_row(number: int, after: str) -> str:
    """Return the sed script that adds a row below another one."""
    return f"/^| {after} /a {ROW.format(n=number)}"


def in_background(action: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=action)
    thread.start()
    return thread


def wait_for(project: Project, subject: str) -> None:
    """Wait until the tracking branch has a commit whose subject begins so."""
    while not any(line.startswith(subject) for line in project.subjects("main")):
        time.sleep(0.1)


def test_edits_of_prose_and_of_other_cells_survive(config: RunConfig, project: Project) -> None:
    """What people push during the run is there at its end, beside everything the run wrote."""
    project.when("ACP-001: in-progress", "s/nobody may touch/everybody loves/;s/Add four/Add the fourth/")

    assert run(config).name == "Finished"

    assert b"Prose that everybody loves | not even this bar." in project.tasks()
    assert project.backlog()["ACP-004"].description == "Add the fourth"
    assert project.subjects("main").count("A person edits") == 1


def test_a_new_row_joins_the_run(config: RunConfig, project: Project) -> None:
    """A row that is added to an open phase is done in the same run."""
    project.record("ACP-006", writes("ACP-006", "good"))
    project.when("ACP-001: in-progress", add_row(6, after="ACP-004"))
    project.edit("s/through ACP-004/through ACP-004, ACP-006/")

    assert run(config).name == "Finished"
    assert project.backlog()["ACP-006"].done


def test_a_row_that_joins_a_finished_phase_is_reported(config: RunConfig, project: Project) -> None:
    """Phases are never opened again: the run ends unfinished and says what the next one will do."""
    project.record("ACP-006", writes("ACP-006", "good"))
    project.edit("s/through ACP-004/through ACP-004, ACP-006/")
    project.when("ACP-005: in-progress", add_row(6, after="ACP-004"))

    state = run(config)

    assert (state.name, state.is_failed()) == ("Stopped", True)
    assert "ACP-006 is open in 'Phase 1 - First', which was over already" in state.message
    assert project.backlog()["ACP-005"].done
    assert run(config).name == "Finished"


def test_a_deleted_row_stays_deleted_and_its_work_is_not_published(
    config: RunConfig, project: Project
) -> None:
    """The item's work stops; everything else goes on."""
    project.record("ACP-002", waits("ACP-002", seconds=4))
    project.when("ACP-002: in-progress", "/^| ACP-002 /d")

    run(config)

    assert "ACP-002" not in project.backlog()
    assert all(item.done for item in project.backlog())
    assert "acp-002" not in project.git("ls-tree", "-r", "--name-only", "integration")


def test_a_cell_that_both_changed_keeps_the_persons_value_and_names_both(
    config: RunConfig, project: Project
) -> None:
    """The item stops, nothing is written over the person's value, and the exit text has the values."""
    project.when("ACP-002: in-progress", "/^| ACP-002 /s/in-progress/blocked    /")

    state = run(config)

    assert state.is_failed()
    assert project.backlog()["ACP-002"].status is ItemStatus.BLOCKED
    assert "a person changed status from 'in-progress' to 'blocked'" in state.message
    assert project.backlog()["ACP-001"].done
    assert "acp-002" not in project.git("ls-tree", "-r", "--name-only", "integration")


def test_a_broken_file_is_waited_for_and_loses_nothing(config: RunConfig, project: Project) -> None:
    """While a mistake stands nothing is written; once mended, what was finished is recorded."""
    project.when("ACP-002: in-progress", "/^| ACP-003 /s/not-started/no-such-word/")
    broken_at: list[int] = []

    def mend() -> None:
        wait_for(project, "A person edits")
        time.sleep(4)
        broken_at.append(len(project.subjects("main")))
        project.edit("s/no-such-word/not-started/")

    person = in_background(mend)
    state = run(config)
    person.join()

    assert state.name == "Finished", state.message
    subjects = project.subjects("main")
    assert subjects[broken_at[0] - 1] == "A person edits", "nothing was written while the file was broken"


def test_a_remote_that_is_away_for_a_while_costs_no_work(config: RunConfig, project: Project) -> None:
    """What is finished meanwhile is kept and pushed when the remote is back; nothing is done twice."""
    away = project.remote.with_name("away.git")

    def hide_and_bring_back() -> None:
        wait_for(project, "ACP-001: in-progress")
        project.remote.rename(away)
        time.sleep(5)
        away.rename(project.remote)

    person = in_background(hide_and_bring_back)
    state = run(config.model_copy(update={"push_budget": 1.0, "git_timeout": 5.0}))
    person.join()

    assert state.name == "Finished", state.message
    for number in range(1, 6):
        assert sum(f"ACP-00{number}: done" in line for line in project.subjects("main")) <= 1
        assert sum(f"Merge ACP-00{number}" in line for line in project.subjects("integration")) == 1


def test_an_ending_that_was_refused_is_recorded_later_and_dependents_go_on(
    config: RunConfig, project: Project
) -> None:
    """The remote does not take the entry of ACP-001; the next look at the file writes it after all."""
    hook = project.remote / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(
        "#!/bin/sh\nwhile read -r old new ref; do\n"
        '  case "$(git log -1 --format=%s "$new")" in "ACP-001: done"*) exit 1 ;; esac\n'
        "done\n"
    )
    hook.chmod(0o755)

    state = run(config)

    assert state.name == "Finished", state.message
    assert project.backlog()["ACP-001"].done
    assert "Record what the run left open" in project.subjects("main")
    assert not any(line.startswith("ACP-001: done") for line in project.subjects("main"))


def test_a_rewritten_history_stops_the_run_with_the_reason(config: RunConfig, project: Project) -> None:
    """What a run has seen may not vanish: it writes nothing more and says why."""
    project.record("ACP-001", waits("ACP-001", seconds=3))
    begin = project.git("rev-parse", "main")

    def rewrite() -> None:
        wait_for(project, "ACP-001: in-progress")
        project.git("update-ref", "refs/heads/main", begin)
        project.edit("s/The end/Another end/")

    person = in_background(rewrite)
    state = run(config)
    person.join()

    assert (state.name, state.is_failed()) == ("Stopped", True)
    assert "the history of main was rewritten" in state.message
    assert project.subjects("main") == ["Begin", "A person edits"]
