"""What an attempt of Claude Code came to. Judged by ``is_error``, and by what the proxy saw. Pure."""

from tasks_lib.agents.chances import BAD_ANSWERS, AttemptEnded
from tasks_lib.agents.claude_code.events import Result
from tasks_lib.agents.contract import BadClaim, claim_from_text, claim_from_values
from tasks_lib.agents.proxy import Trouble
from tasks_lib.agents.retry import is_transient_status, refused
from tasks_lib.backlog.model import ItemId
from tasks_lib.errors import AgentUnavailable
from tasks_lib.ports import Cause, Claim

_TOO_LONG = ("prompt is too long", "exceed context limit")


def claimed(result: Result, item: ItemId) -> Claim:
    """Return the claim of a result that is no error; raise ``AttemptEnded`` when there is no usable one."""
    try:
        if result.values is not None:
            return claim_from_values(result.values, item)
        return claim_from_text(result.text, item)
    except BadClaim as bad:
        raise AttemptEnded(f"no usable result: {bad}", Cause.NO_RESULT) from bad


def ended(result: Result, trouble: Trouble | None) -> AttemptEnded:
    """Return why a result that is an error ends the attempt.

    Raise ``AgentUnavailable`` or ``AgentError`` where it is the service's doing.
    """
    if any(words in result.text.lower() for words in _TOO_LONG):
        return AttemptEnded(f"absolute context limit reached: {result.text}", Cause.CONTEXT)
    if result.reason == "api_error" and trouble is not None:
        if trouble.status == 0 or is_transient_status(trouble.status):
            raise AgentUnavailable(f"Messages API, status {trouble.status}: {trouble.words}")
        raise refused(trouble.status, trouble.words)
    if result.reason.startswith("structured_output"):
        return AttemptEnded(f"no usable result after asking {BAD_ANSWERS} more times", Cause.NO_RESULT)
    told = f": {result.text}" if result.text else ""
    why = f"Claude Code ended itself, {result.reason.replace('_', ' ')}{told}"
    return AttemptEnded(why, Cause.REFUSAL if "refus" in result.reason else Cause.LIMIT)
