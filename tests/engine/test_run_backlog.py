"""Whole runs of the flow: real server, real git, real SDK against the replay, real sandbox."""

import re
from typing import Any

import httpx
import pytest

from tasks_lib.backlog.model import ItemStatus
from tasks_lib.config import RunConfig, Rung
from tests.engine.api import ask
from tests.engine.project import Project, report, writes
from tests.telemetry.tracer import tracing

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("prefect_api")]


def run(config: RunConfig, retry: tuple[str, ...] = ()) -> Any:  # noqa: ANN401 - a Prefect state
    from flows.run_backlog import run_backlog

    return run_backlog(config, retry, return_state=True)


def statuses(project: Project) -> dict[str, str]:
    return {item.id: item.status.value for item in project.backlog()}


def test_a_run_finishes_every_item_and_leaves_a_readable_history(
    config: RunConfig, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All items end done, in an order that respects dependencies, phases and branches; so do the spans."""
    tracer = tracing(monkeypatch)
    state = run(config)

    assert (state.name, state.is_completed()) == ("Finished", True), state.message
    for item in project.backlog():
        assert item.status is ItemStatus.DONE
        assert item.agent == "claude-opus-5-5 (replay)"
        assert item.started_at is not None
        assert item.completed_at is not None
        assert item.completed_at >= item.started_at
        assert item.used
        assert item.notes == "added"
    history = project.subjects("main")
    assert history[0] == "Begin"
    place = {re.split(r", | \(", subject)[0]: number for number, subject in enumerate(history)}
    assert place["ACP-001: done"] < place["ACP-003: in-progress"]
    assert place["ACP-004: done"] < place["ACP-005: in-progress"]
    assert max(place[f"ACP-00{n}: done"] for n in (1, 2, 3, 4)) < place["ACP-005: in-progress"]
    merges = [line.split(":")[0] for line in project.subjects("integration") if line.startswith("Merge")]
    assert merges == [f"Merge {line.split(':')[0]}" for line in history if ": done" in line]
    assert project.git("show", "five:src/acp-001.txt") == "good", "a new branch holds what was finished"
    places = {each.name.removeprefix("tasks-md."): each.parent for each in tracer.spans}
    assert (places["item"], places["phase gate"]) == ("tasks-md.phase", "tasks-md.phase")
    phases = [(each.parent, each.attributes) for each in tracer.spans if each.name == "tasks-md.phase"]
    assert phases == [("tasks-md.run", {"tasks_md.phase": number}) for number in (1, 2)]


def test_the_ui_has_a_task_per_item_with_its_edges_and_the_artifacts(
    config: RunConfig, project: Project, prefect_api: str
) -> None:
    """Task runs have the ids as names and only the edges of their dependencies; artifacts carry the label."""
    project.record("ACP-002", writes("ACP-002", "bad"), writes("ACP-002", "good"))
    state = run(config)

    with httpx.Client(base_url=f"{prefect_api}/api", trust_env=False, timeout=180) as api:
        scope = {"flow_runs": {"id": {"any_": [str(state.state_details.flow_run_id)]}}}
        items = {str(item.id): item for item in project.backlog()}
        runs: dict[str, Any] = {}
        while set(runs) < set(items):  # the server writes them down a moment later
            found = ask(api, "/task_runs/filter", scope)
            runs = {each["name"]: each for each in found if each["name"] in items}
        artifacts = ask(api, "/artifacts/filter", scope)
    names = {each["id"]: name for name, each in runs.items()}
    for name, each in runs.items():
        waited_for = {names[source["id"]] for source in each["task_inputs"].get("wait_for", [])}
        assert waited_for == set(items[name].depends_on)
    edges = {kind for each in found for kind, sources in each["task_inputs"].items() if sources}
    assert edges == {"wait_for", "__parents__"}, "nothing is drawn but dependencies and attempts"
    pages = {each["key"]: each["data"] for each in artifacts}
    assert len(pages) == len(artifacts), "a page is one artifact, which is written over"
    board = pages["app-status"]
    assert "Figures of a replay" in board
    for name, each in runs.items():
        assert f"[{name}]({prefect_api}/v2/runs/task-run/{each['id']})" in board
    assert "Session Summary (replay):" in pages["app-summary"]
    assert "```mermaid\nflowchart" in pages["app-plan"]
    assert "\ngantt\n" in pages["app-schedule"]
    assert {"app-acp-001-attempt-1", "app-phase-1-gate", "app-phase-2-gate"} <= pages.keys()


def test_items_of_one_branch_never_overlap(config: RunConfig, project: Project) -> None:
    """ACP-001, 003 and 004 share a branch: each ends before the next begins."""
    run(config)

    events = [
        re.split(r", | \(", subject)[0]
        for subject in project.subjects("main")
        if subject.split(":")[0] in {"ACP-001", "ACP-003", "ACP-004"}
    ]
    assert events[::2] == [event.replace("done", "in-progress") for event in events[1::2]]


def test_a_red_gate_leads_to_a_second_attempt_that_knows_why(config: RunConfig, project: Project) -> None:
    """The item stays in progress with a note, and its second attempt, by a stronger model, is what counts."""
    project.record("ACP-002", writes("ACP-002", "bad"), writes("ACP-002", "good"))
    stronger = (Rung(model="claude-opus-5-5", from_attempt=2),)
    agent = config.agent.model_copy(update={"model": "claude-haiku-5-5", "ladder": stronger})

    state = run(config.model_copy(update={"agent": agent}))

    assert state.is_completed(), state.message
    assert "ACP-002: attempt 1 of 2 did not pass" in project.subjects("main")
    note = project.git("log", "-p", "--format=", "--grep=attempt 1 of 2 did not pass", "main", "--", "docs")
    assert "attempt 1 of 2: gate test failed: src/acp-002.txt is not good" in note
    assert project.git("show", "two:src/acp-002.txt") == "good"
    agents = {str(item.id): item.agent for item in project.backlog()}
    assert agents["ACP-001"] == "claude-haiku-5-5 (replay)"
    assert agents["ACP-002"] == "claude-opus-5-5 (replay)"


def test_what_never_passes_is_failed_and_the_rest_goes_on(
    config: RunConfig, project: Project, prefect_api: str
) -> None:
    """The run moves on to what does not depend on it, then ends as a deadlock that names the chain.

    The UI says in the name of a state which item holds another one up, and has the report of the failure.
    A row that a dead run left in progress behind the failed one is given back.
    """
    begun = "claude-opus-5-5 | 2026-02-03T04:05:06Z"
    project.edit(f"/^| ACP-003/{{ s/not-started/in-progress/; s/|       |            |/| {begun} |/ }}")
    project.record("ACP-001", writes("ACP-001", "bad"), writes("ACP-001", "worse"))

    state = run(config)

    assert (state.name, state.is_failed()) == ("Deadlock", True)
    assert statuses(project) == {
        "ACP-001": "failed",
        "ACP-002": "done",
        "ACP-003": "not-started",
        "ACP-004": "done",
        "ACP-005": "not-started",
    }
    assert "ACP-003 waits for ACP-001, which failed" in state.message
    assert "the run that was at it is dead" in project.backlog()["ACP-003"].notes
    failed = project.backlog()["ACP-001"]
    assert "src/acp-001.txt is not good" in failed.notes
    assert failed.completed_at is not None
    assert project.git("branch", "--list", "one") != ""
    assert "acp-001" not in project.git("ls-tree", "-r", "--name-only", "integration")
    shown: dict[str, str] = {}
    scope = {"flow_runs": {"id": {"any_": [str(state.state_details.flow_run_id)]}}}
    with httpx.Client(base_url=f"{prefect_api}/api", trust_env=False, timeout=180) as api:
        while not {"ACP-003", "ACP-005"} <= shown.keys():  # the server writes them down a moment later
            found = ask(api, "/task_runs/filter", scope)
            shown = {each["name"]: each["state_name"] for each in found if each["state_type"] == "FAILED"}
        artifacts = ask(api, "/artifacts/filter", scope)
    assert (shown["ACP-003"], shown["ACP-005"]) == ("Blocked by ACP-001", "Blocked by phase 1")
    page = next(each["data"] for each in artifacts if each["key"] == "app-acp-001-failure")
    assert "src/acp-001.txt is not good" in page
    assert "tasks-md retry ACP-001" in page


def test_a_blocker_is_noted_and_a_person_can_ask_for_another_try(config: RunConfig, project: Project) -> None:
    """A blocked item stays blocked in the next run, unless it is asked for; what is done is not repeated."""
    project.record("ACP-004", report("ACP-004", "blocked", "the address is missing"))
    assert run(config).name == "Deadlock"
    assert project.backlog()["ACP-004"].status is ItemStatus.BLOCKED
    assert "the address is missing" in project.backlog()["ACP-004"].notes

    project.record("ACP-004", writes("ACP-004", "good"))
    before = len(project.subjects("main"))
    assert run(config).name == "Deadlock"
    assert len(project.subjects("main")) == before, "nothing to do, nothing written"

    assert run(config, ("ACP-004",)).name == "Finished"
    begun = [subject for subject in project.subjects("main") if "ACP-001: in-progress" in subject]
    assert len(begun) == 1


def test_items_of_a_dead_run_are_done_again_or_only_recorded(config: RunConfig, project: Project) -> None:
    """A row left in progress is begun again; where its work was already merged, it is only recorded."""
    run(config)
    finished = project.tasks()
    merge = project.git("log", "--format=%H", "--grep=ACP-005: done", "main")
    project.git("update-ref", "refs/heads/main", f"{merge}^")
    assert statuses(project)["ACP-005"] == "in-progress"

    assert run(config).name == "Finished"

    row = project.backlog()["ACP-005"]
    assert row.used == next(item.used for item in _parsed(finished) if item.id == "ACP-005")
    assert len([s for s in project.subjects("integration") if s.startswith("Merge ACP-005")]) == 1


def test_a_red_phase_gate_keeps_the_next_phase_shut(config: RunConfig, project: Project) -> None:
    """The gate runs on the integrated result, and its words are in the run's message."""
    broken = config.phase_gates[0].model_copy(update={"command": "echo not yet >&2; exit 3"})

    state = run(config.model_copy(update={"phase_gates": (broken,)}))

    assert state.name == "GateFailed"
    assert "phase 1: the gate all is red" in state.message
    assert statuses(project)["ACP-005"] == "not-started"


def test_bytes_outside_the_planned_cells_stay(config: RunConfig, project: Project) -> None:
    """Only the cells of R13 differ between the first and the last version of the file."""
    before = project.tasks().splitlines(keepends=True)

    run(config)

    after = project.tasks().splitlines(keepends=True)
    assert len(after) == len(before)
    written = {1, 7, 8, 9, 11, 12}  # status, agent, started_at, completed_at, used, notes
    for old, new in zip(before, after, strict=True):
        if old.startswith(b"| ACP-"):
            pairs = zip(old.split(b"|")[1:], new.split(b"|")[1:], strict=True)
            changed = {n for n, (a, b) in enumerate(pairs) if a.strip() != b.strip()}
            assert changed == written
        else:
            assert new == old


def _parsed(data: bytes) -> Any:  # noqa: ANN401 - a backlog
    from tasks_lib.backlog import parse_backlog

    return parse_backlog(data)


def test_an_unknown_repo_stops_the_run_before_anything_starts(config: RunConfig, project: Project) -> None:
    """Every row that names it is listed, with its line, and nothing is written."""
    before = project.subjects("main")

    state = run(config.model_copy(update={"repos": {"web": config.repos["app"]}}))

    assert state.is_failed()
    assert "repo 'app' is not in the configuration (repos: web)" in state.message
    assert "ACP-001 (line 9)" in state.message
    assert project.subjects("main") == before
