"""All tools of one attempt behind one call."""

from dataclasses import dataclass

from anthropic.types.beta import BetaToolUnionParam

from tasks_lib.agents.tools import report
from tasks_lib.agents.tools.answer import Answer, ToolError
from tasks_lib.agents.tools.bash import Bash
from tasks_lib.agents.tools.editor import Editor
from tasks_lib.agents.tools.inputs import Inputs
from tasks_lib.agents.tools.report import Report
from tasks_lib.ports import ClaimStatus

BASH = "bash"
EDITOR = "str_replace_based_edit_tool"
_FIELDS = {
    "task_id": {"type": "string", "description": "The id of your assignment"},
    "status": {"type": "string", "enum": [str(status) for status in ClaimStatus]},
    "used": {"type": "string", "description": "Your estimate of the tokens used, e.g. 5.2K"},
    "commit_sha": {"type": "string", "description": "The full sha of your last commit; empty without one"},
    "notes": {"type": "string", "description": "Brief summary of what was done, or what is in the way"},
}
DEFINITIONS: tuple[BetaToolUnionParam, ...] = (
    {"type": "bash_20250124", "name": "bash"},
    {"type": "text_editor_20250728", "name": "str_replace_based_edit_tool"},
    {
        "name": report.NAME,
        "description": "Report the result of your assignment. This ends your work: call it once, last, "
        "after the commit, and with no other call beside it.",
        "strict": True,
        "input_schema": {
            "type": "object",
            "properties": _FIELDS,
            "required": list(_FIELDS),
            "additionalProperties": False,
        },
    },
)
"""What the model is told of the tools; the same for every attempt, so that it can be cached."""


@dataclass(frozen=True, slots=True)
class Workbench:
    """The tools of one attempt."""

    bash: Bash
    editor: Editor
    report: Report

    def call(self, name: str, given: Inputs) -> Answer:
        """Carry out one call; a refusal is an answer too."""
        tools = {BASH: self.bash.call, EDITOR: self.editor.call, report.NAME: self.report.call}
        if name not in tools:
            return Answer(f"There is no tool {name!r}; there are {', '.join(tools)}.", is_error=True)
        try:
            return tools[name](given)
        except ToolError as refusal:
            return Answer(str(refusal), is_error=True)
