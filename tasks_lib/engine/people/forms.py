"""The forms in which a person answers when they resume a flow run."""

from collections.abc import Mapping, Sequence
from textwrap import fill
from typing import Annotated, Any, Literal

from prefect.input import RunInput
from pydantic import Field, WithJsonSchema, create_model

from tasks_lib.backlog.model import ItemId
from tasks_lib.pages.markdown import code
from tasks_lib.planning.decisions import Decisions
from tasks_lib.planning.questions import Question

_WIDTH = 60
"""Characters of a line that the UI shows without cutting it off."""


class MoreBudget(RunInput):
    """Whether the run may use as much once more."""

    decision: Literal["approve", "reject"] = Field(
        description="approve: the run may use as much once more; reject: it ends here"
    )
    note: str = Field("", description="Why")


class Decision(RunInput):
    """Yes or no to items that wait; the real form offers the items by id, see ``items_form``."""

    decision: Literal["approve", "reject"] = Field(description="Yes or no to the items below")
    # Not "items": the UI of Prefect 3.8 checks an answer as if it were a schema, in which that is a keyword.
    item_ids: list[str] = Field(title="Items", description="What is decided; for the rest the run asks again")
    note: str = Field("", description="Why; it is kept in the notes of the rows")

    @property
    def decisions(self) -> Decisions:
        """What is decided."""
        items = tuple(map(ItemId, self.item_ids))
        approved = self.decision == "approve"
        return Decisions(items if approved else (), () if approved else items, self.note)


def items_form(questions: Mapping[ItemId, Question]) -> type[RunInput]:
    """Return the form that offers exactly these items, all of them chosen."""
    # A single choice would be written as a constant, for which the UI has a field to type in.
    one_of = WithJsonSchema({"type": "string", "enum": list(questions)})
    offered: Any = list[Annotated[Literal[tuple(questions)], one_of]]  # type: ignore[misc]  # known only now
    field = Decision.model_fields["item_ids"]
    chosen = Field(list(questions), title=field.title, description=field.description)
    form = create_model("Decision", __base__=Decision, item_ids=(offered, chosen))
    # A code block, because an agent may have chosen some of the words.
    lines = [
        fill(f"{item}: {question}", _WIDTH, subsequent_indent="  ") for item, question in questions.items()
    ]
    return form.with_initial_data(description="Items wait for a decision.\n\n" + code("\n".join(lines)))


def offered_items(schema: object) -> tuple[str, ...]:
    """Return the items that a form offered, by its schema; none for one that is about something else."""
    properties = schema.get("properties", {}) if isinstance(schema, dict) else {}
    return tuple(properties.get("item_ids", {}).get("default", ()))


def read_decision(given: Mapping[str, Any], offered: Sequence[str]) -> Decision:
    """Return what a person sent; who says nothing of the items means all that were offered."""
    return Decision.model_validate({"item_ids": list(offered), **given})


def budget_form(overspent: str) -> type[RunInput]:
    """Return the form that asks for more of the run's budget."""
    return MoreBudget.with_initial_data(description=f"The run's budget is used up: {overspent}.")
