"""Keeps a long conversation within its window: measured after every turn, compacted when it is due."""

from dataclasses import dataclass

import anthropic

from tasks_lib.agents.chances import AttemptEnded
from tasks_lib.agents.conversation import History, text_block
from tasks_lib.agents.metering import context_tokens
from tasks_lib.agents.prompt import GO_ON, SUMMARY_REQUEST
from tasks_lib.agents.transcript import Transcript
from tasks_lib.agents.turn import Exchange
from tasks_lib.ports import Cause, Say

TURNS_BETWEEN = 2
"""Compacting again sooner than this would go round in circles."""


@dataclass(slots=True)
class Compactor:
    """Compacts the history of one attempt; ``assignment`` is the prompt that it began with."""

    exchange: Exchange
    assignment: str
    window: int
    compact_at: float
    transcript: Transcript
    say: Say
    last_turn: int = -TURNS_BETWEEN

    def share(self) -> float:
        """Return what share of the window the last answer's request filled, from 0."""
        return context_tokens(self.exchange.last) / self.window

    def compacted(self, history: History) -> History:
        """Return the history to go on with: the same one, or a new one that stands for it.

        Raise ``AttemptEnded`` when compacting does not help any more.
        """
        share = self.share()
        if share < self.compact_at:
            return history
        if self.exchange.turns - self.last_turn < TURNS_BETWEEN:
            raise AttemptEnded(
                f"absolute context limit reached: {share:.0%} of the window right after compacting",
                Cause.CONTEXT,
            )
        self.say(f"the context is at {share:.0%} of its window; compacting")
        fresh, summary = self._fresh(history)
        self.transcript.write("compaction", share=round(share, 4), summary=summary)
        self.last_turn = self.exchange.turns
        return fresh

    def _fresh(self, history: History) -> tuple[History, str]:
        """Return a history that stands for this one, and the summary in it."""
        try:
            return self._by_server(history)
        except anthropic.BadRequestError:
            return self._by_summary(history)

    def _by_server(self, history: History) -> tuple[History, str]:
        message = self.exchange.compact(history.params())
        summary = next((block.content for block in message.content if block.type == "compaction"), None)
        if not summary:
            return self._by_summary(history)
        fresh = History()
        fresh.hear(message)
        fresh.say(text_block(f"{self.assignment}\n{GO_ON}"))
        return fresh, summary

    def _by_summary(self, history: History) -> tuple[History, str]:
        message = self.exchange.ask(history.params(text_block(SUMMARY_REQUEST)))
        summary = "\n".join(block.text for block in message.content if block.type == "text").strip()
        if not summary:
            raise AttemptEnded(
                "absolute context limit reached: the model gave no summary to go on with", Cause.CONTEXT
            )
        fresh = History()
        fresh.say(
            text_block(f"{self.assignment}\n{GO_ON}\n\nYour own summary of the work so far:\n\n{summary}")
        )
        return fresh, summary
