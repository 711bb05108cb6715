"""One failed item once more: here, handed over to the run at work, and by the Retry of a whole run."""

import threading
import time
from typing import Any

import pytest

from tasks_lib.backlog.model import ItemStatus
from tasks_lib.config import RunConfig
from tasks_lib.vcs import make_lock
from tests.engine.project import TURN, Project, report, writes

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("prefect_api")]


def run(config: RunConfig) -> Any:  # noqa: ANN401 - a Prefect state
    from flows.run_backlog import run_backlog

    return run_backlog(config.model_copy(update={"poll": 1.0}), return_state=True)


def retry(config: RunConfig, item: str, note: str = "") -> Any:  # noqa: ANN401 - a Prefect state
    from flows.retry_item import retry_item

    return retry_item(item, config.model_copy(update={"poll": 1.0}), note, return_state=True)


def beginnings(project: Project) -> list[str]:
    """Return the items in the order in which they were begun."""
    return [line.split(":")[0] for line in project.subjects("main") if ": in-progress" in line]


def test_only_the_item_and_what_waits_for_it_are_done(config: RunConfig, project: Project) -> None:
    """ACP-001 failed beside ACP-002: its retry does it and ACP-003, and leaves ACP-002 and phase 2 alone."""
    project.record("ACP-001", writes("ACP-001", "bad"))
    project.record("ACP-002", report("ACP-002", "blocked", "the address is missing"))
    assert run(config).name == "Deadlock"
    assert project.backlog()["ACP-001"].notes.startswith("after 2 attempts: gate test failed")
    before = beginnings(project)
    project.record("ACP-001", writes("ACP-001", "bad"), writes("ACP-001", "bad"), writes("ACP-001", "good"))

    state = retry(config, "ACP-001", "write good,\nnot bad | really")

    assert (state.name, state.is_completed()) == ("Retried", True), state.message
    assert state.message.splitlines() == ["ACP-001 is done: added", "ACP-003 is done: added"]
    assert beginnings(project)[len(before) :] == ["ACP-001", "ACP-003"]
    assert project.backlog()["ACP-002"].status is ItemStatus.BLOCKED
    asked = project.git("log", "-p", "--format=%an%n%B", "--grep=ACP-001: to be tried again", "main")
    assert "retry after 2 attempts: write good,<br>not bad \\| really<br>(before: gate test failed" in asked
    assert "Request: " in asked
    (prompt,) = [
        text
        for text in transcripts(config, "ACP-001")
        if "**Attempt:** 3 of 4" in text and "A Person Asked for Another Attempt" in text
    ]
    assert "> write good," in prompt
    assert "> not bad | really" in prompt


def transcripts(config: RunConfig, item: str) -> list[str]:
    """Return the texts of all transcripts of an item, with the line breaks of the prompts in them."""
    files = (config.state_dir / "transcripts").rglob(f"*{item}*")
    return [path.read_text().replace("\\n", "\n") for path in files if path.is_file()]


def test_an_item_that_fails_again_says_so_and_its_dependents_wait(
    config: RunConfig, project: Project
) -> None:
    """The count of attempts goes on, and the run is Failed with the new reason."""
    project.record("ACP-004", report("ACP-004", "blocked", "the address is missing"))
    run(config)

    state = retry(config, "ACP-004")

    assert (state.name, state.is_failed()) == ("FailedAgain", True)
    notes = "after 2 attempts: the agent reports blocked: the address is missing"
    assert project.backlog()["ACP-004"].notes == notes
    assert f"ACP-004 is blocked ({notes})" in state.message
    assert "ACP-005 waits for phase 1, which cannot end" in state.message


def test_what_is_done_or_unknown_is_not_tried(config: RunConfig, project: Project) -> None:
    """Nothing is written for it."""
    run(config)
    before = project.subjects("main")

    assert (retry(config, "ACP-001").name, retry(config, "ACP-009").name) == ("AlreadyDone", "UnknownItem")
    assert project.subjects("main") == before


def test_the_run_at_work_takes_the_item(config: RunConfig, project: Project) -> None:
    """The retry ends at once and names that run, which does the item after it had recorded its failure."""
    blocked = report("ACP-001", "blocked", "the address is missing")
    project.record("ACP-001", blocked, writes("ACP-001", "good"))
    project.record("ACP-002", TURN.format(text="Still at it.", command="sleep 3") * 70)
    states: list[Any] = []
    main = threading.Thread(target=lambda: states.append(run(config)))
    main.start()
    while main.is_alive() and project.backlog()["ACP-001"].status is not ItemStatus.BLOCKED:
        time.sleep(0.2)

    handed = retry(config, "ACP-001", "it is in the file")
    while main.is_alive() and not project.backlog()["ACP-003"].done:
        time.sleep(0.2)
    project.edit("/^| ACP-002 /d")  # ends its agent
    main.join()

    assert (handed.name, handed.is_completed()) == ("HandedOver", True), handed.message
    assert "/v2/runs/flow-run/" in handed.message
    assert all(item.done for item in project.backlog()), states[0].message
    assert str(states[0].state_details.flow_run_id) in handed.message
    assert beginnings(project).count("ACP-001") == 2
    assert beginnings(project).count("ACP-004") == 1


def test_a_run_that_ends_without_a_look_leaves_the_item_to_the_retry(
    config: RunConfig, project: Project
) -> None:
    """Who holds the lock at first does not take the item: as soon as the lock is free, the retry does it."""
    project.record("ACP-004", report("ACP-004", "blocked", "the address is missing"))
    run(config)
    project.record("ACP-004", writes("ACP-004", "good"))
    held = threading.Event()

    def hold() -> None:
        with make_lock(config, "a-run-at-its-end").exclusive():
            held.set()
            while not any("to be tried again" in line for line in project.subjects("main")):
                time.sleep(0.1)

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait()
    state = retry(config.model_copy(update={"poll": 30.0}), "ACP-004")
    holder.join()

    assert state.name == "Retried", state.message
    assert project.backlog().finished
