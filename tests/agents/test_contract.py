"""What an agent claims is read leniently and checked strictly."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks_lib.agents.contract import BadClaim, claim_from_text, claim_from_values
from tasks_lib.backlog.model import ItemId
from tasks_lib.ports import Claim, ClaimStatus

ITEM = ItemId("MS-SEC-001")
VALUES = {"task_id": ITEM, "status": "success", "used": "5.2K", "commit_sha": "abc123", "notes": "Done"}
CLAIM = Claim(ITEM, ClaimStatus.SUCCESS, "abc123", "5.2K", "Done")
BLOCK = json.dumps(VALUES, indent=2)


@pytest.mark.parametrize(
    "text",
    [
        f"Mended.\n\n```json\n{BLOCK}\n```",
        f"```\n{BLOCK}\n```\nThat is all.",
        f"~~~json\n{BLOCK}\n~~~",
        f"The answer was cut:\n```json\n{BLOCK}",
        f"No fence, only {BLOCK} and words.",
        f"```python\nprint('other')\n```\nand {BLOCK}",
        "```json\n" + BLOCK.replace('"Done"', '"Done",') + "\n```",
        "```json\n" + BLOCK.replace('"success"', '"  Success "') + "\n```",
        "```json\n" + BLOCK.replace('"commit_sha"', '"Commit_SHA"') + "\n```",
        f'{BLOCK} with a detail behind it: {{"also": {{"nested": 1}}}}',
    ],
)
def test_a_claim_is_found(text: str) -> None:
    """Fences of any kind, none at all, commas too many, capitals: all the same claim."""
    assert claim_from_text(text, ITEM) == CLAIM


def test_the_last_fence_wins() -> None:
    """An example shown earlier in the answer is not the result."""
    example = BLOCK.replace("success", "failed")
    assert claim_from_text(f"```json\n{example}\n```\n\n```json\n{BLOCK}\n```", ITEM) == CLAIM


def test_line_breaks_in_notes_are_forgiven() -> None:
    """A raw line break inside a JSON string is what models write."""
    text = '{"task_id": "MS-SEC-001", "status": "blocked", "notes": "two\nlines"}'
    claim = claim_from_text(text, ITEM)
    assert (claim.status, claim.notes) == (ClaimStatus.BLOCKED, "two\nlines")


def test_missing_details_stay_empty() -> None:
    """Only status and id are demanded."""
    claim = claim_from_values({"task_id": ITEM, "status": "failed", "used": None, "commit_sha": None}, ITEM)
    assert claim == Claim(ITEM, ClaimStatus.FAILED)


def test_figures_are_taken_as_text() -> None:
    """``used`` may come as a number."""
    assert claim_from_values({**VALUES, "used": 5200}, ITEM).used == "5200"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("I am done.", "No result was found"),
        ("```json\n[1, 2]\n```", "No result was found"),
        ('{"task_id": "MS-SEC-002", "status": "success"}', 'task_id must be "MS-SEC-001", not "MS-SEC-002"'),
        (
            '{"task_id": "MS-SEC-001", "status": "done"}',
            'status must be one of "success", "failed", "blocked"',
        ),
        ('{"status": "success"}', 'task_id must be "MS-SEC-001", not ""'),
        ('{"task_id": "MS-SEC-001"}', 'not ""'),
    ],
)
def test_a_bad_claim_says_what_is_wrong(text: str, told: str) -> None:
    """The model is told what to mend, and how to report."""
    with pytest.raises(BadClaim) as caught:
        claim_from_text(text, ITEM)
    assert told in str(caught.value)
    assert "report_result" in str(caught.value)


@given(st.text())
def test_any_text_is_a_claim_or_a_bad_claim(text: str) -> None:
    """Nothing that a model writes breaks the reader."""
    try:
        claim = claim_from_text(text, ITEM)
    except BadClaim:
        return
    assert claim.item == ITEM


@given(notes=st.text(), before=st.text(alphabet="abc {}`\n\"'", max_size=60))
def test_a_reported_claim_comes_back(notes: str, before: str) -> None:
    """What is written as JSON at the end is what is read, whatever stands before it."""
    text = f"{before}\n\n```json\n{json.dumps({**VALUES, 'notes': notes})}\n```"
    if "```" not in before and "~~~" not in before:
        assert claim_from_text(text, ITEM).notes == notes.strip()
