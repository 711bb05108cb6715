"""``report_result``: the tool that ends an attempt."""

from dataclasses import dataclass

from tasks_lib.agents.chances import Chances
from tasks_lib.agents.contract import BadClaim, claim_from_values
from tasks_lib.agents.tools.answer import Answer, ToolError
from tasks_lib.agents.tools.inputs import Inputs
from tasks_lib.backlog.model import ItemId
from tasks_lib.ports import Claim

NAME = "report_result"


@dataclass(slots=True)
class Report:
    """Takes the claim; a bad one is answered with what is wrong and costs one of the chances."""

    item: ItemId
    chances: Chances
    claim: Claim | None = None

    def call(self, given: Inputs) -> Answer:
        """Keep the claim, or raise ``ToolError`` with the reason that it is none."""
        try:
            self.claim = claim_from_values(given, self.item)
        except BadClaim as bad:
            self.chances.spend(str(bad))
            raise ToolError(str(bad)) from bad
        return Answer("The result was taken.")
