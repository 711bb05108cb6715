"""The answers of the replay: recorded turns as messages of the API. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from tasks_lib.agents.prompt import SUMMARY_REQUEST
from tasks_lib.agents.replay.dialects import SUMMARY_OF_CLAUDE_CODE, in_dialect, summary_of
from tasks_lib.agents.replay.messages import Json, Place, text_of
from tasks_lib.agents.replay.metering import meter, tokens_in
from tasks_lib.agents.replay.recording import Fault, NotRecorded, RecordedTurn, Recording
from tasks_lib.agents.replay.rules import signature
from tasks_lib.ports import Usage


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer: its blocks, why it stops there, what it costs.

    ``is_compaction``: its cost is told apart, as the API does. ``faults`` come first.
    """

    id: str
    content: list[dict[str, Any]]
    stop_reason: str
    usage: Usage
    is_compaction: bool = False
    faults: tuple[Fault, ...] = field(default=())


def reply_to(request: Json, place: Place, recording: Recording) -> Reply:
    """Return the answer to a request; raise ``NotRecorded`` when there is none."""
    if request.get("compaction"):
        if recording.compaction == "refused":
            raise NotRecorded("compaction: Extra inputs are not permitted")
        content = {"type": "compaction", "content": f"Summary of the work so far.\n{place.note()}"}
        return _reply(request, place, [{**content, "signature": "replay"}], "compaction")
    asked = text_of(request["messages"][-1])
    if SUMMARY_REQUEST in asked or SUMMARY_OF_CLAUDE_CODE in asked:
        summary = summary_of(asked, place)
        return _reply(request, place, [{"type": "text", "text": summary}], "end_turn")
    turn = recording.turn(place.attempt, place.turn)
    if turn is None:
        raise NotRecorded(
            f"the recording of {place.item} has no turn {place.turn + 1} in attempt {place.attempt}; "
            "its last turn has to carry the result"
        )
    turn = in_dialect(turn, request, place)
    _check_offered(turn, request)
    return _reply(request, place, _content(turn, request, place), turn.ending, turn.faults)


def _reply(
    request: Json, place: Place, content: list[dict[str, Any]], ending: str, faults: tuple[Fault, ...] = ()
) -> Reply:
    fresh, written, read = meter(request)
    usage = Usage(fresh, written, read, sum(map(tokens_in, content)), requests=1)
    name = f"{place.item}_{place.attempt}_{place.turn + 1}"
    return Reply(f"msg_replay_{name}", content, ending, usage, ending == "compaction", faults)


def _check_offered(turn: RecordedTurn, request: Json) -> None:
    offered = {tool.get("name") for tool in request.get("tools") or ()}
    for call in turn.calls:
        if call.name not in offered:
            raise NotRecorded(f"the recording calls {call.name}, which the request does not offer as a tool")


def _content(turn: RecordedTurn, request: Json, place: Place) -> list[dict[str, Any]]:
    content: list[dict[str, Any]] = []
    if turn.thinking:
        bound = signature(request, len(request["messages"]))
        content.append({"type": "thinking", "thinking": turn.thinking, "signature": bound})
    if text := turn.text.strip("\n"):
        content.append({"type": "text", "text": _filled(text, place)})
    return [*content, *_calls(turn, place)]


def _calls(turn: RecordedTurn, place: Place) -> Iterable[dict[str, Any]]:
    for number, call in enumerate(turn.calls, start=1):
        name = f"toolu_{place.item}_{place.attempt}_{place.turn + 1}_{number}"
        filled = {key: _filled(value, place) for key, value in call.input.items()}
        yield {"type": "tool_use", "id": name, "name": call.name, "input": filled}


def _filled(value: Any, place: Place) -> Any:  # noqa: ANN401  inputs of tools are any JSON
    return value.replace("{commit}", place.commit) if isinstance(value, str) else value
