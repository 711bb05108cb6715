"""Pictures of the dependencies."""

from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from tasks_lib.backlog.model import Backlog, ItemStatus
from tasks_lib.planning.graph import dot, mermaid
from tasks_lib.planning.svg import svg
from tests.planning.conftest import backlog_of, backlogs, item

HOSTILE = '"]; end <script>alert(1)</script> `x` #amp; \\" | %% -->'


def small() -> Backlog:
    return backlog_of(
        item("A-1", status=ItemStatus.DONE), item("A-2", "A-1", "A-9"), item("A-3", "A-2", phase=2)
    )


def test_mermaid_shows_phases_statuses_and_arrows() -> None:
    """A subgraph per phase, a class per status, an arrow per dependency that exists."""
    text = mermaid(small())
    assert 'subgraph phase1["Phase 1 - Title 1"]' in text
    assert 'A_1["A-1<br/>Do A-1<br/>done"]:::done' in text
    assert [line for line in text.splitlines() if "-->" in line] == ["  A_1 --> A_2", "  A_2 --> A_3"]


def test_dot_shows_phases_statuses_and_arrows() -> None:
    """The same for Graphviz."""
    text = dot(small())
    assert 'label="Phase 2 - Title 2";' in text
    assert '"A-1" -> "A-2";' in text
    assert text.endswith("}\n")


def test_hostile_descriptions_stay_inside_their_labels() -> None:
    """No description closes a label, opens a tag or writes an arrow."""
    backlog = backlog_of(item("A-1", description=HOSTILE))
    assert "<script" not in mermaid(backlog)
    assert "-->" not in mermaid(backlog)
    assert '\\"]; end' in dot(backlog)
    assert "<script" not in svg(backlog)


@given(st.text())
def test_any_description_makes_valid_xml(text: str) -> None:
    """Control characters, surrogate halves, emoji: the picture is always well-formed."""
    picture = svg(backlog_of(item("A-1", description=text))).encode("utf-8", "replace")
    assert ET.fromstring(picture).tag == "{http://www.w3.org/2000/svg}svg"  # noqa: S314 our own text


@given(backlogs())
def test_no_two_boxes_overlap(backlog: Backlog) -> None:
    """Every item has its own place inside the picture."""
    root = ET.fromstring(svg(backlog))  # noqa: S314 our own text
    name = "{http://www.w3.org/2000/svg}"
    boxes = [group.find(f"{name}rect") for group in root.iter(f"{name}g")]
    corners = [(int(box.get("x", "")), int(box.get("y", ""))) for box in boxes if box is not None]
    assert len(corners) == len(set(corners)) == len(backlog)
    assert all(x + 216 <= int(root.get("width", "")) for x, _ in corners)
    assert all(y + 62 <= int(root.get("height", "")) for _, y in corners)


def test_the_critical_path_stands_out() -> None:
    """Its boxes have a border of their own."""
    assert svg(small()).count('class="critical"') == 0
    assert svg(small(), [backlog.id for backlog in small()][:2]).count('class="critical"') == 2
