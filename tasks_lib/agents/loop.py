"""The tool-use loop of one attempt: ask, carry out, ask again, until there is a result or an end."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from anthropic.types.beta import BetaMessage, BetaToolResultBlockParam, BetaToolUseBlock

from tasks_lib.agents.budget import Budget
from tasks_lib.agents.chances import AttemptEnded, Chances
from tasks_lib.agents.circles import Circles, Step
from tasks_lib.agents.compaction import Compactor
from tasks_lib.agents.contract import BadClaim, claim_from_text
from tasks_lib.agents.conversation import History, UserBlock, text_block
from tasks_lib.agents.progress import call_line, clipped
from tasks_lib.agents.tools.answer import Answer
from tasks_lib.agents.tools.workbench import BASH, Workbench
from tasks_lib.agents.transcript import Transcript
from tasks_lib.agents.turn import Exchange
from tasks_lib.backlog.model import ItemId
from tasks_lib.ports import Cause, Claim, Say
from tasks_lib.telemetry import traced


@dataclass(slots=True)
class ToolLoop:
    """One attempt's conversation with the model."""

    item: ItemId
    budget: Budget
    exchange: Exchange
    workbench: Workbench
    compactor: Compactor
    chances: Chances
    transcript: Transcript
    say: Say
    circles: Circles = field(default_factory=Circles)

    def run(self, prompt: str) -> Claim:
        """Return the agent's claim; raise ``AttemptEnded`` when it comes to none."""
        history = History()
        history.say(text_block(prompt))
        while True:
            self._within_limits()
            message = self.exchange.ask(history.params())
            history.hear(message)
            self._note(message)
            claim = self._taken(message, history)
            if claim:
                return claim
            fresh = self.compactor.compacted(history)
            if fresh is not history:
                self.circles.forget()
            history = fresh

    def _within_limits(self) -> None:
        if exceeded := self.budget.exceeded(self.exchange.usage, self.exchange.turns):
            raise AttemptEnded(exceeded)

    def _taken(self, message: BetaMessage, history: History) -> Claim | None:
        """Act on one answer: return its claim, or say in the history what comes next."""
        match message.stop_reason:
            case "refusal":
                raise AttemptEnded(f"the model refused: {_refusal(message)}", Cause.REFUSAL)
            case "model_context_window_exceeded":
                raise AttemptEnded(
                    "absolute context limit reached: the model's window is full", Cause.CONTEXT
                )
            case "pause_turn":
                return None
            case "max_tokens":
                history.say(*self._cut_short(message))
                return None
        if any(block.type == "tool_use" for block in message.content):
            history.say(*self._carried_out(message))
            return self.workbench.report.claim
        return self._claimed(message, history)

    def _claimed(self, message: BetaMessage, history: History) -> Claim | None:
        try:
            return claim_from_text(_text(message), self.item)
        except BadClaim as bad:
            self.chances.spend(str(bad))
            history.say(text_block(str(bad)))
            return None

    def _carried_out(self, message: BetaMessage) -> list[UserBlock]:
        calls = [block for block in message.content if block.type == "tool_use"]
        answers = [self._call(call) for call in calls]
        if not self.workbench.report.claim:
            answers[-1] = self._nudged(calls, answers)
        return [_result(call.id, answer) for call, answer in zip(calls, answers, strict=True)]

    @traced("tool", lambda _self, call: {"tool": call.name})
    def _call(self, call: BetaToolUseBlock) -> Answer:
        self.say(call_line(call.name, call.input))
        answer = self.workbench.call(call.name, call.input)
        self.transcript.write("tool", id=call.id, name=call.name, text=answer.text, is_error=answer.is_error)
        return answer

    def _nudged(self, calls: Sequence[BetaToolUseBlock], answers: Sequence[Answer]) -> Answer:
        """Return the last answer, with a word to the model where it goes round in circles."""
        nudge = self.circles.take([_step(*pair) for pair in zip(calls, answers, strict=True)])
        if not nudge:
            return answers[-1]
        self.transcript.write("nudge", text=nudge)
        self.say("it goes round in circles; it is told so")
        return replace(answers[-1], text=f"{answers[-1].text}\n\n{nudge}")

    def _cut_short(self, message: BetaMessage) -> list[UserBlock]:
        """Answer an answer that ran into max_tokens: none of its calls may be carried out."""
        why = f"Your answer was cut off at {self.exchange.max_tokens:,} tokens."
        self.chances.spend(why)
        calls = [block for block in message.content if block.type == "tool_use"]
        if calls:
            told = f"{why} This call was not carried out; make it again, in smaller steps."
            return [_result(call.id, Answer(told, is_error=True)) for call in calls]
        return [text_block(f"{why} Go on from there, in smaller steps.")]

    def _note(self, message: BetaMessage) -> None:
        share = self.compactor.share()
        self.transcript.write(
            "answer",
            turn=self.exchange.turns,
            stop_reason=message.stop_reason,
            content=[block.to_dict() for block in message.content],
            metered=message.usage.to_dict(),
            used=self.exchange.usage.used,
            cost=round(self.exchange.usage.cost, 6),
            context=round(share, 4),
        )
        if words := _text(message).strip():
            self.say(clipped(words))


def _text(message: BetaMessage) -> str:
    return "\n".join(block.text for block in message.content if block.type == "text")


def _refusal(message: BetaMessage) -> str:
    details = message.stop_details
    return (details and (details.explanation or details.category)) or "it gave no reason"


def _result(call: str, answer: Answer) -> BetaToolResultBlockParam:
    result: BetaToolResultBlockParam = {"type": "tool_result", "tool_use_id": call, "content": answer.text}
    return {**result, "is_error": True} if answer.is_error else result


def _step(call: BetaToolUseBlock, answer: Answer) -> Step:
    command = str(call.input.get("command", "")) if call.name == BASH else ""
    given = json.dumps([call.name, call.input], sort_keys=True)
    return Step(given, answer.text, command, answer.seconds)
