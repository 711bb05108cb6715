"""What ``claude`` says goes into the transcript and the log as it comes; its result is kept."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tasks_lib.agents.chatter import Chatter
from tasks_lib.agents.claude_code.events import (
    QUIET,
    Event,
    Result,
    answers,
    calls,
    compacted_tokens,
    context_tokens,
    event_in,
    result_of,
    texts,
)
from tasks_lib.agents.claude_code.turns import Turns
from tasks_lib.agents.progress import call_line, clipped
from tasks_lib.agents.proxy import Account
from tasks_lib.agents.transcript import Transcript
from tasks_lib.ports import Say

KEPT_LINES = 20
"""So many lines that are no events are kept: where a program fails, they say why."""


@dataclass(slots=True)
class Minutes:
    """Takes the lines of one attempt; ``account`` knows what the service has metered so far.

    ``window`` is how many tokens a conversation may fill before it counts as full. Who goes round in circles
    is interrupted.

    In the transcript the events look like those of our own agent, so that they are read the same way.
    """

    transcript: Transcript
    say: Say
    account: Account
    window: int
    result: Result | None = None
    other: list[str] = field(default_factory=list)
    _names: dict[str, str] = field(default_factory=dict)
    _messages: set[str] = field(default_factory=set)
    _chatter: Chatter = field(init=False)
    _turns: Turns = field(init=False)

    def __post_init__(self) -> None:
        """Keep what is no event within bounds: anything in the sandbox can write there."""
        self._chatter = Chatter(self.transcript, self.say)
        self._turns = Turns(self._nudge)

    def begin(self, command: Sequence[str], said: str) -> None:
        """Note a call of the command, and what it is given on stdin."""
        self.result = None
        self.transcript.write("call", command=command, said=said)

    def take(self, line: str) -> None:
        """Take one line of output; whatever ``say`` raises ends the attempt."""
        event = event_in(line)
        if event is None:
            self._other(line)
        elif event["type"] == "assistant":
            self._answer(event)
        elif event["type"] == "user":
            self._answered(event)
        elif event["type"] == "result":
            self.result = result_of(event)
            self.transcript.write("claude", told=event)
        elif event.get("subtype") not in QUIET:
            self._system(event)

    def _other(self, line: str) -> None:
        if line.strip():
            self.other = [*self.other, clipped(line)][-KEPT_LINES:]
            self._chatter.take(line)

    def _answer(self, event: Event) -> None:
        message = event["message"]
        usage = self.account.usage
        self._messages.add(str(message.get("id")))
        self.transcript.write(
            "answer",
            turn=len(self._messages),
            stop_reason=message.get("stop_reason"),
            content=message.get("content"),
            metered=message.get("usage"),
            used=usage.used,
            cost=round(usage.cost, 6),
            context=round(context_tokens(event) / self.window, 4),
        )
        for text in texts(event):
            self.say(clipped(text))
        for call in calls(event):
            self._names[call.id] = call.name
            self.say(call_line(call.name, call.given))
            self._turns.call(str(message.get("id")), call)

    def _answered(self, event: Event) -> None:
        for call in answers(event):
            name = self._names.get(call.id, "")
            self.transcript.write("tool", id=call.id, name=name, text=call.text, is_error=call.is_error)
            self._turns.answer(call)

    def _nudge(self, words: str) -> None:
        self.transcript.write("nudge", text=words)
        self.say("it goes round in circles; it is told so")
        self.account.interruption = words

    def _system(self, event: Event) -> None:
        self.transcript.write("claude", told=event)
        if event.get("subtype") == "compact_boundary":
            share = compacted_tokens(event) / self.window
            self.transcript.write("compaction", share=round(share, 4), summary="")
            self._turns.forget()
            self.say(f"the context was at {share:.0%} of its window, and was compacted")
