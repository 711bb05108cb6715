"""Other trackers' files."""

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks_lib.backlog import ItemStatus, lint_backlog, parse_backlog
from tasks_lib.errors import BacklogError
from tasks_lib.importers import backlog_md, beads, task_master
from tasks_lib.importers.drafts import Draft, Files, Imported
from tasks_lib.importers.write import tracking_file


def drafts_of(imported: Imported) -> dict[str, Draft]:
    return {draft.key: draft for draft in imported.drafts}


def test_every_field_that_is_not_carried_over_is_told() -> None:
    """Also those that nobody has thought of yet."""
    nested = {"id": 1, "title": "C", "status": "done", "subtasks": [{"id": 1}], "assignee": "me"}
    gone = {"id": 2, "status": "cancelled"}
    entry = {"id": 1, "title": "A", "status": "done", "new": 0, "subtasks": [nested, gone]}
    assert task_master.read({"f": json.dumps({"tasks": [entry], "version": 2})}).losses == {
        "version": ("f",),
        "cancelled items": ("1.2",),
        "subtasks": ("1.1",),
        "assignee": ("1.1",),
        "new": ("1",),
    }
    line = {"id": "b", "title": "A", "created_at": "x", "external_ref": "JIRA-1", "new": [1], "labels": []}
    assert beads.read({"f": json.dumps(line)}).losses == {
        "created_at": ("b",),
        "new": ("b",),
        "external_ref": ("b",),
    }
    text = "---\nid: task-1\ntitle: A\ncreated_date: x\nordinal: 3\n---\nStray\n"
    assert backlog_md.read({"f": text}).losses == {
        "created_date": ("task-1",),
        "ordinal": ("task-1",),
        "the text above all sections": ("task-1",),
    }


TASK_MASTER = {
    "master": {
        "tasks": [
            {"id": 1, "title": "Set up", "description": "Make\nit run", "status": "done", "dependencies": []},
            {
                "id": 2,
                "title": "Core",
                "status": "in-progress",
                "dependencies": [1],
                "priority": "high",
                "details": "long",
                "subtasks": [
                    {"id": 1, "title": "Model", "status": "done", "dependencies": []},
                    {"id": 2, "title": "View", "status": "pending", "dependencies": [1]},
                ],
            },
            {"id": 3, "title": "Old", "status": "cancelled"},
            {"id": 4, "title": "Later", "status": "deferred", "dependencies": [3, "2.1"]},
        ],
        "metadata": {"created": "2025-07-01"},
    }
}


def test_task_master_entries_wait_for_their_parts() -> None:
    """Parts come first and inherit what their entry waits for; cancelled ones are left out and told."""
    imported = task_master.read({"tasks.json": json.dumps(TASK_MASTER)})
    found = drafts_of(imported)
    assert {key: draft.depends_on for key, draft in found.items()} == {
        "1": (),
        "2.1": ("1",),
        "2.2": ("1", "2.1"),
        "2": ("1", "2.1", "2.2"),
        "4": ("3", "2.1"),
    }
    assert found["1"].description == "Set up: Make it run"
    assert found["4"].status is ItemStatus.BLOCKED
    assert imported.losses == {
        "metadata": ("master",),
        "priority": ("2",),
        "details": ("2",),
        "cancelled items": ("3",),
        "the status 'deferred'": ("4",),
    }


def test_task_master_tags_become_phases() -> None:
    """Two tags may use the same numbers; each dependency stays within its tag."""
    one = {"id": 1, "title": "A", "status": "pending"}
    two = {"id": 2, "title": "B", "status": "pending", "dependencies": [1]}
    text = json.dumps({"master": {"tasks": [one, two]}, "api": {"tasks": [one, two]}})
    backlog = parse_backlog(tracking_file(task_master.read({"f": text}), source="f").text.encode())
    assert [(item.id, item.phase, item.depends_on) for item in backlog] == [
        ("ITEM-001", 1, ()),
        ("ITEM-002", 1, ("ITEM-001",)),
        ("ITEM-003", 2, ()),
        ("ITEM-004", 2, ("ITEM-003",)),
    ]


BACKLOG_MD = {
    "task-10.md": "---\nid: task-10\ntitle: 'It''s last'\nstatus: To Do\n"
    "dependencies: [task-2, TASK-3]\n---\n",
    "task-2.md": "---\nid: task-2\ntitle: Second\nstatus: Done\ndependencies: []\npriority: high\n---\n\n"
    "## Description\n\n<!-- SECTION:DESCRIPTION:BEGIN -->\nWhat it is\n<!-- SECTION:DESCRIPTION:END -->\n\n"
    "## Acceptance Criteria\n- [ ] #1 works\n",
    "task-3.md": "---\nid: task-3\ntitle: >-\n  A long\n  title\nstatus: In Progress\n"
    "dependencies:\n  - task-2\n---\n",
    "task-3.1.md": "---\nid: task-3.1\ntitle: Part\nstatus: Odd\nparent_task_id: task-3\n---\n",
    "readme.md": "# no item\n",
}


def test_backlog_md_files_are_read_in_order_of_their_numbers() -> None:
    """Front matter with plain, quoted, folded and listed values; parents wait for their parts."""
    imported = backlog_md.read(BACKLOG_MD)
    found = drafts_of(imported)
    assert list(found) == ["task-2", "task-3", "task-3.1", "task-10"]
    assert found["task-2"].description == "Second: What it is"
    assert found["task-3"].description == "A long title"
    assert found["task-3"].depends_on == ("task-2", "task-3.1")
    assert found["task-10"].description == "It's last"
    assert found["task-10"].depends_on == ("task-2", "task-3")
    assert [draft.status.value for draft in found.values()] == [
        "done",
        "in-progress",
        "not-started",
        "not-started",
    ]
    assert imported.losses == {
        "priority": ("task-2",),
        "the section 'acceptance criteria'": ("task-2",),
        "the status 'Odd'": ("task-3.1",),
        "files without an id": ("readme.md",),
    }


BEADS = [
    {"id": "bd-a1", "title": "Epic", "issue_type": "epic", "status": "open", "priority": 1},
    {
        "id": "bd-b2",
        "title": "Part",
        "status": "closed",
        "closed_at": "2026-01-02T03:04:05.123456+01:00",
        "close_reason": "Done in 3f2a",
        "external_ref": "gh-9",
        "dependencies": [
            {"issue_id": "bd-b2", "depends_on_id": "bd-a1", "type": "parent-child"},
            {"issue_id": "bd-b2", "depends_on_id": "bd-c3", "type": "related"},
        ],
    },
    {
        "id": "bd-c3",
        "title": "Other",
        "status": "in_progress",
        "dependencies": [{"issue_id": "bd-c3", "depends_on_id": "bd-b2", "type": "blocks"}],
    },
    {"id": "bd-d4", "title": "Gone", "status": "tombstone"},
]


def test_beads_edges_become_dependencies() -> None:
    """Blocking edges and children are carried over, weaker relations told, deleted lines left out."""
    text = "\n".join(json.dumps(line) for line in BEADS) + "\n"
    imported = beads.read({"issues.jsonl": text})
    written = tracking_file(imported, source="issues.jsonl", prefix="MS-BD")
    backlog = parse_backlog(written.text.encode())
    assert [(item.id, item.depends_on) for item in backlog] == [
        ("MS-BD-001", ("MS-BD-002",)),
        ("MS-BD-002", ()),
        ("MS-BD-003", ("MS-BD-002",)),
    ]
    part = backlog["MS-BD-002"]
    assert (part.issue, part.notes, str(part.completed_at)) == (
        9,
        "Done in 3f2a",
        "2026-01-02 02:04:05+00:00",
    )
    assert written.losses == (
        "relations of the kind 'related' (1: bd-b2)",
        "issue_type (1: bd-a1)",
        "priority (1: bd-a1)",
    )


@pytest.mark.parametrize(
    ("read", "text", "place"),
    [
        (task_master.read, '{"tasks": [', (1, 12)),
        (task_master.read, "[1, 2]", (1, 1)),
        (task_master.read, "[" * 100_000, (1, 1)),
        (beads.read, '{"id": "bd-1"}\n{oops}\n', (2, 2)),
    ],
)
def test_broken_json_is_told_with_its_place(
    read: Callable[[Files], Imported], text: str, place: tuple[int, int]
) -> None:
    """Line and column of the mistake, in the file and not in the line that was read."""
    with pytest.raises(BacklogError) as caught:
        read({"file": text})
    problem = caught.value.problems[0]
    assert (problem.line, problem.column) == place
    assert "not the expected JSON" in problem.message


def test_phases_are_put_in_the_order_of_their_dependencies() -> None:
    """A phase that waits for another comes after it, whatever the source's order."""
    written = tracking_file(
        Imported((Draft("a", "A", phase="Late", depends_on=("b",)), Draft("b", "B", phase="Early"))),
        source="x",
    )
    assert [phase.title for phase in parse_backlog(written.text.encode()).phases] == [
        "Phase 1 - Early",
        "Phase 2 - Late",
    ]


def test_phases_that_wait_for_each_other_become_one() -> None:
    """Where no order works, the division is given up, and told."""
    drafts = (
        Draft("a", "A", phase="P", depends_on=("b",)),
        Draft("b", "B", phase="Q"),
        Draft("c", "C", phase="Q", depends_on=("a",)),
    )
    written = tracking_file(Imported(drafts), source="x")
    assert len(parse_backlog(written.text.encode()).phases) == 1
    assert written.losses == ("the division into phases: they wait for each other (1: P, Q)",)


def test_an_id_that_occurs_twice_is_told() -> None:
    """Both rows are kept; what depends on the id means the first."""
    drafts = (Draft("T1", "one"), Draft("T1", "two"), Draft("T2", "three", depends_on=("T1",)))
    written = tracking_file(Imported(drafts), source="x")
    backlog = parse_backlog(written.text.encode())
    assert [(item.description, len(item.depends_on)) for item in backlog] == [
        ("one", 0),
        ("two", 0),
        ("three", 1),
    ]
    assert backlog.items[2].depends_on == (backlog.items[0].id,)
    assert written.losses == ("ids that occur twice: dependencies mean the first (1: T1)",)


TEXT = st.text(st.characters(codec="utf-8"), max_size=40)
KEYS = st.sampled_from(["T1", "bd-a", "2.1", "x|y", "T-004", "Ä"])
DRAFTS = st.builds(
    Draft,
    key=KEYS,
    description=TEXT.map(lambda text: " ".join(text.split())),
    status=st.sampled_from(ItemStatus),
    phase=st.sampled_from(["", "One", "Two (T1-T4)", "# | hostile"]),
    depends_on=st.lists(KEYS, max_size=3).map(lambda keys: tuple(dict.fromkeys(keys))),
    notes=TEXT.map(lambda text: " ".join(text.split())),
)


@given(st.lists(DRAFTS, min_size=1, max_size=8))
def test_any_drafts_make_a_file_that_reads_back(drafts: list[Draft]) -> None:
    """Every row is there with its words and status; only cycles of the source can keep it from being run."""
    data = tracking_file(Imported(tuple(drafts)), source="x").text.encode()
    errors = {problem.code for problem in lint_backlog(data) if problem.severity == "error"}
    assert errors <= {"cycle", "control-character", "bidi-character"}
    if not errors:
        backlog = parse_backlog(data)
        assert sorted(item.description for item in backlog) == sorted(draft.description for draft in drafts)
