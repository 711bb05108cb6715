"""From the lines of a transcript to its story. Pure; what is not understood is left out."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from tasks_lib.transcripts.model import Call, Judged, Story, Turn
from tasks_lib.usage import Usage

Event = Mapping[str, Any]


def read_story(lines: Iterable[str]) -> Story:
    """Return what the lines tell; torn and foreign lines are left out."""
    reader = _Reader()
    for line in lines:
        event = _event(line)
        take = _TAKEN.get(str(event.get("event")))
        if take:
            take(reader, event)
    return replace(reader.story, turns=tuple(reader.turns))


@dataclass(slots=True)
class _Reader:
    story: Story = field(default_factory=Story)
    turns: list[Turn] = field(default_factory=list)

    def start(self, event: Event) -> None:
        self.story = replace(
            self.story, agent=_text(event, "agent"), prompt=_text(event, "prompt"), begun=_text(event, "time")
        )

    def answer(self, event: Event) -> None:
        turn = _turn(event)
        if self.turns and self.turns[-1].number == turn.number:  # a message that was told in parts
            before = self.turns.pop()
            turn = replace(
                turn,
                text=_joined(before.text, turn.text),
                thinking=_joined(before.thinking, turn.thinking),
                calls=(*before.calls, *turn.calls),
            )
        self.turns.append(turn)

    def tool(self, event: Event) -> None:
        if not self.turns:
            return
        calls = list(self.turns[-1].calls)
        place = next((n for n, call in enumerate(calls) if call.answer is None), None)
        if place is not None:
            calls[place] = replace(
                calls[place], answer=_text(event, "text"), is_error=bool(event.get("is_error"))
            )
            self.turns[-1] = replace(self.turns[-1], calls=tuple(calls))

    def output(self, event: Event) -> None:
        """Take a line that a command printed; one that tells no turns has made a single one."""
        last = self.turns.pop() if self.turns else Turn(1)
        self.turns.append(replace(last, text=_joined(last.text, _text(event, "text"))))

    def remark(self, words: str) -> None:
        if self.turns:
            self.turns[-1] = replace(self.turns[-1], remarks=(*self.turns[-1].remarks, words))
        else:
            self.story = replace(self.story, remarks=(*self.story.remarks, words))

    def retry(self, event: Event) -> None:
        seconds = _number(event, "seconds")
        self.remark(f"the service failed, waited {seconds:.0f} s: {_text(event, 'error')}")

    def hold(self, event: Event) -> None:
        self.remark(
            f"a usage limit was reached, waited until {_text(event, 'until')}: {_text(event, 'error')}"
        )

    def compaction(self, event: Event) -> None:
        share = _number(event, "share")
        self.remark(f"compacted at {share:.0%} of the window; the summary:\n{_text(event, 'summary')}")

    def nudge(self, event: Event) -> None:
        self.remark(f"told that it goes round in circles: {_text(event, 'text')}")

    def error(self, event: Event) -> None:
        said = ": ".join(part for part in (_text(event, "kind"), _text(event, "message")) if part)
        self.story = replace(self.story, error=said)

    def end(self, event: Event) -> None:
        claim = event.get("claim")
        self.story = replace(
            self.story,
            claim=claim if isinstance(claim, Mapping) else {},
            usage=_usage(event.get("usage")),
            stopped=_text(event, "stopped"),
            ended=True,
        )

    def judged(self, event: Event) -> None:
        gates = [gate for gate in event.get("gates") or () if isinstance(gate, Mapping)]
        found = tuple(
            (_text(gate, "name"), bool(gate.get("passed")), _text(gate, "output")) for gate in gates
        )
        self.story = replace(
            self.story, judged=Judged(_text(event, "refusal"), _text(event, "commit"), found)
        )


_TAKEN: Mapping[str, Callable[[_Reader, Event], None]] = {
    "start": _Reader.start,
    "answer": _Reader.answer,
    "tool": _Reader.tool,
    "output": _Reader.output,
    "retry": _Reader.retry,
    "hold": _Reader.hold,
    "compaction": _Reader.compaction,
    "nudge": _Reader.nudge,
    "error": _Reader.error,
    "end": _Reader.end,
    "judged": _Reader.judged,
}


def _event(line: str) -> Event:
    try:
        value = json.loads(line)
    except (json.JSONDecodeError, RecursionError):
        return {}
    return value if isinstance(value, Mapping) else {}


def _turn(event: Event) -> Turn:
    content = event.get("content")
    blocks = [block for block in content if isinstance(block, Mapping)] if isinstance(content, list) else []
    context = event.get("context")
    return Turn(
        number=int(_number(event, "turn")),
        text="\n".join(_text(block, "text") for block in blocks if block.get("type") == "text"),
        thinking="\n".join(_text(block, "thinking") for block in blocks if block.get("type") == "thinking"),
        calls=tuple(_call(block) for block in blocks if block.get("type") == "tool_use"),
        stop_reason=_text(event, "stop_reason"),
        used=int(_number(event, "used")),
        cost=_number(event, "cost"),
        context=float(context) if isinstance(context, int | float) else None,
    )


def _call(block: Event) -> Call:
    given = block.get("input")
    return Call(_text(block, "name"), given if isinstance(given, Mapping) else {})


def _usage(told: object) -> Usage | None:
    if not isinstance(told, Mapping):
        return None
    counts = {each.name: int(_number(told, each.name)) for each in fields(Usage) if each.name != "cost"}
    return replace(Usage(**counts), cost=_number(told, "cost"))


def _joined(one: str, other: str) -> str:
    return "\n".join(part for part in (one, other) if part)


def _text(event: Event, key: str) -> str:
    value = event.get(key)
    return value if isinstance(value, str) else ""


def _number(event: Event, key: str) -> float:
    value = event.get(key)
    return float(value) if isinstance(value, int | float) else 0.0
