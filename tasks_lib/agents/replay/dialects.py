"""The same recording for clients that bring other tools: Claude Code's, when they are what is offered. Pure.

A recording speaks of ``bash``, the text editor and a JSON block at the end. Claude Code offers ``Bash``,
``Read``, ``Edit`` and ``StructuredOutput``; it edits only what it has read, and wants absolute paths.
"""

import re
import shlex
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import PurePosixPath
from typing import Any

from tasks_lib.agents.contract import BadClaim, claim_from_text
from tasks_lib.agents.replay.messages import Json, Place
from tasks_lib.agents.replay.recording import NotRecorded, RecordedCall, RecordedTurn
from tasks_lib.backlog.model import ItemId

SUMMARY_OF_CLAUDE_CODE = "an <analysis> block followed by a <summary> block"
"""Words by which Claude Code asks for what its next conversation begins with."""

_RESULT = "StructuredOutput"
_DIRECTORY = re.compile(r"^CWD: (.+)$", re.MULTILINE)


def in_dialect(turn: RecordedTurn, request: Json, place: Place) -> RecordedTurn:
    """Return the turn in the tools that the request offers.

    Raise ``NotRecorded`` for a call that has no counterpart there.
    """
    offered = {str(tool.get("name")) for tool in request.get("tools") or ()}
    if "Bash" not in offered:
        return turn
    root = _root(request)
    calls = [spoken for call in turn.calls for spoken in _spoken(call, offered, root)]
    if _RESULT in offered and not calls:
        calls = list(_result(turn.text, place))
    return turn.model_copy(update={"calls": tuple(calls)})


def summary_of(asked: str, place: Place) -> str:
    """Return a summary in the form that was asked for, by which the replay finds its way afterwards."""
    summary = f"The work so far, in short.\n\n{place.note()}"
    if SUMMARY_OF_CLAUDE_CODE not in asked:
        return summary
    # It begins the next conversation, with nothing of this one before it.
    place_lines = f"## Task Assignment: {place.item}\n**Attempt:** {place.attempt} of {place.attempt}"
    return f"<analysis>\nDone.\n</analysis>\n<summary>\n{place_lines}\n{summary}\n</summary>"


def _root(request: Json) -> PurePosixPath:
    system = request.get("system") or ""
    texts = [system] if isinstance(system, str) else [str(block.get("text", "")) for block in system]
    found = _DIRECTORY.search("\n".join(texts))
    return PurePosixPath(found[1] if found else "/")


def _spoken(call: RecordedCall, offered: set[str], root: PurePosixPath) -> Iterator[RecordedCall]:
    if call.name in offered:
        yield call
    elif call.name == "bash":
        yield RecordedCall(name="Bash", input={"command": call.input.get("command", "true")})
    elif call.name == "str_replace_based_edit_tool":
        yield from _edits(call.input, str(root / call.input["path"]))
    elif call.name == "report_result":
        yield RecordedCall(name=_RESULT, input=call.input)
    else:
        raise NotRecorded(f"the recording calls {call.name}, which Claude Code does not offer")


def _edits(given: Mapping[str, Any], path: str) -> Iterator[RecordedCall]:
    read = RecordedCall(name="Read", input={"file_path": path})
    match given["command"]:
        case "view":
            yield read
        case "create":
            yield _written(path, given["file_text"])
        case "str_replace":
            yield read
            yield _edit(path, given["old_str"], given.get("new_str", ""))
        case other:
            raise NotRecorded(f"the recording's edit {other} has no counterpart in Claude Code")


def _written(path: str, text: str) -> RecordedCall:
    """Return a call that writes a whole file, there already or not: no edit does both."""
    mark = f"END-{sha256(text.encode()).hexdigest()[:16]}"
    file, folder = shlex.quote(path), shlex.quote(str(PurePosixPath(path).parent))
    command = f"mkdir -p {folder} && head -c -1 > {file} <<'{mark}'\n{text}\n{mark}"
    return RecordedCall(name="Bash", input={"command": command})


def _edit(path: str, old: str, new: str) -> RecordedCall:
    return RecordedCall(name="Edit", input={"file_path": path, "old_string": old, "new_string": new})


def _result(text: str, place: Place) -> Iterator[RecordedCall]:
    try:
        claim = claim_from_text(text, ItemId(place.item))
    except BadClaim:
        return
    values = {"commit_sha": claim.commit, "notes": claim.notes, "used": claim.used}
    yield RecordedCall(name=_RESULT, input={"task_id": place.item, "status": str(claim.status), **values})
