"""The forms in which people answer, and what the UI sends of them. No server is needed here."""

from tasks_lib.backlog.model import ItemId
from tasks_lib.engine.people.forms import budget_form, items_form, offered_items, read_decision
from tasks_lib.planning.questions import Matter, Question

ONE, TWO = ItemId("ACP-001"), ItemId("ACP-002")
FORM = items_form({item: Question(Matter.DIFF, "changes CI") for item in (ONE, TWO)})
OFFERED = offered_items(FORM.model_json_schema())


def test_an_answer_without_items_is_for_all_that_were_offered() -> None:
    """As the form shows it, and never for more."""
    assert read_decision({"decision": "approve"}, OFFERED).decisions.approved == (ONE, TWO)
    assert not read_decision({"decision": "approve", "item_ids": []}, OFFERED).decisions


def test_what_is_left_out_is_not_decided() -> None:
    """The run asks for it again."""
    decisions = read_decision({"decision": "approve", "item_ids": [TWO], "note": "fine"}, OFFERED).decisions
    assert (decisions.approved, decisions.rejected, decisions.note) == ((TWO,), (), "fine")


def test_a_single_item_is_offered_as_a_choice() -> None:
    """Not as a field to type in, which is what the UI makes of a constant."""
    form = items_form({ONE: Question(Matter.PHASE, "second", "2")})
    assert form.model_json_schema()["properties"]["item_ids"]["items"] == {"type": "string", "enum": [ONE]}


def test_a_form_about_the_budget_offers_no_items() -> None:
    """That is how an answer is told from one about items."""
    assert offered_items(budget_form("more than 10 tokens").model_json_schema()) == ()
    assert offered_items(None) == ()
