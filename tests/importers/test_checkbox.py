"""Checkbox lists, spec-kit's among them."""

import pytest

from tasks_lib.backlog import ItemStatus, parse_backlog
from tasks_lib.importers import checkbox
from tasks_lib.importers.write import tracking_file
from tests.importers.test_importers import drafts_of

SPEC_KIT = """# Tasks: Photo albums

## Phase 1: Setup (Shared Infrastructure)

- [X] T001 Create the project structure
- [ ] T002 Initialise the database
- [ ] T003 [P] Configure linting
- [ ] T004 [P] Configure formatting

```markdown
- [ ] T999 an example in a fence
```

## Phase 2: User Story 1 - Upload (Priority: P1) 🎯 MVP

### Tests
- [ ] T005 [P] [US1] Contract test in tests/test_upload.py
### Implementation
- [ ] T006 [US1] Upload endpoint (depends on T002, T777)
- [?] T007 [US1] Error page | with a pipe
"""


def test_spec_kit_order_becomes_dependencies() -> None:
    """[P] items stand beside each other; any other item waits for all before it in its phase."""
    found = drafts_of(checkbox.read({"tasks.md": SPEC_KIT}))
    assert {key: draft.depends_on for key, draft in found.items()} == {
        "T001": (),
        "T002": ("T001",),
        "T003": ("T002",),
        "T004": ("T002",),
        "T005": (),
        "T006": ("T002", "T777", "T005"),
        "T007": ("T006",),
    }


def test_spec_kit_becomes_a_file_that_can_be_run() -> None:
    """Ids and phases are kept, the rest is told: unknown ids and marks."""
    written = tracking_file(checkbox.read({"tasks.md": SPEC_KIT}), source="tasks.md")
    backlog = parse_backlog(written.text.encode())
    assert [item.id for item in backlog] == [f"T-{number:03}" for number in range(1, 8)]
    assert [phase.title for phase in backlog.phases] == [
        "Phase 1 - Setup (Shared Infrastructure)",
        "Phase 2 - User Story 1 - Upload (Priority: P1) 🎯 MVP",
    ]
    assert backlog["T-001"].done
    assert backlog["T-002"].blocks == ("T-003", "T-004", "T-006")
    assert backlog["T-007"].description == "[US1] Error page | with a pipe"
    assert written.losses == ("the mark [?] (1: T007)", "dependencies on what is not there (1: T006 on T777)")


def test_plain_lists_are_independent_items() -> None:
    """No order is made up; an item waits for the boxes below it only."""
    text = "- [ ] Parent\n  - [x] First child\n  - [ ] Second child\n* [ ] Other\n"
    imported = checkbox.read({"todo.md": text})
    assert [draft.depends_on for draft in imported.drafts] == [("2", "3"), (), (), ()]
    assert [draft.status for draft in imported.drafts][1] is ItemStatus.DONE
    assert "an order: the list states none, its items are independent" in imported.losses


@pytest.mark.parametrize("outer", ["", "[P] "])
@pytest.mark.parametrize("inner", ["", "[P] "])
def test_a_box_never_waits_for_one_around_it(outer: str, inner: str) -> None:
    """What is nested comes first, whatever order the marks state, so that there is no cycle."""
    text = (
        f"- [ ] T003 a\n- [ ] T004 {outer}b (after T003)\n  - [ ] T005 {inner}c (after T004)\n- [ ] T006 d\n"
    )
    imported = checkbox.read({"tasks.md": text})
    found = drafts_of(imported)
    assert list(found) == ["T003", "T004", "T005", "T006"]
    assert found["T005"].depends_on == ("T003",)
    assert set(found["T004"].depends_on) == {"T003", "T005"}
    assert "T004" in found["T006"].depends_on
    assert imported.losses == {"dependencies on a box around it": ("T005 on T004",)}
    parse_backlog(tracking_file(imported, source="x").text.encode())


def test_text_below_a_box_is_told() -> None:
    """It is not carried over, and told; prose after the list is no part of it."""
    text = "- [ ] T1 a\n  more\n\n  and more\n- [ ] T2 b\n- [ ] T3 c\nlazily\n\nProse\n\n  - [ ] T4 d\n"
    assert checkbox.read({"t.md": text}).losses == {"lines of text below a box": ("T1", "T3")}
