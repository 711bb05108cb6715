"""One request to the model, streamed and metered."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import anthropic
from anthropic import omit
from anthropic.lib.streaming import BetaMessageStream
from anthropic.types.beta import BetaCompactionConfigParam, BetaMessage, BetaMessageParam

from tasks_lib.agents.chances import AttemptEnded
from tasks_lib.agents.conversation import MARK
from tasks_lib.agents.metering import Meter
from tasks_lib.agents.persistence import Persistence
from tasks_lib.agents.prompt import SYSTEM_PROMPT
from tasks_lib.agents.retry import BrokenStream, describe, ends_attempt, final_error
from tasks_lib.agents.tools.workbench import DEFINITIONS
from tasks_lib.errors import TasksMdError
from tasks_lib.ports import Cause, Usage
from tasks_lib.telemetry import traced

COMPACTION = "compact-2026-09-04"
TooLarge = anthropic.RequestTooLargeError


@dataclass(slots=True)
class Exchange:
    """The line to the model for one attempt.

    ``usage`` is the sum of everything metered so far: turns, compactions, answers that broke off;
    ``last`` is the last request's; ``turns`` counts complete answers.
    """

    client: anthropic.Anthropic
    model: str
    max_tokens: int
    meter: Meter
    persistence: Persistence
    usage: Usage = field(default_factory=Usage)
    last: Usage = field(default_factory=Usage)
    turns: int = 0
    _betas: tuple[str, ...] = ()

    @traced("turn", lambda self, _: {"model": self.model, "turn": self.turns + 1})
    def ask(self, messages: Sequence[BetaMessageParam]) -> BetaMessage:
        """Return the model's answer; raise as ``Persistence.run`` does.

        Raise ``AttemptEnded`` where the service refuses this conversation, and no other.
        """
        try:
            message = self.persistence.run(
                lambda: self._stream(messages, self._betas), passed_on=(anthropic.BadRequestError, TooLarge)
            )
        except (anthropic.BadRequestError, TooLarge) as error:
            raise self._refused(error) from error
        self.turns += 1
        return message

    def _refused(self, error: anthropic.APIStatusError) -> TasksMdError:
        """Return the end of the attempt; of the run, where already its first request is refused."""
        cause = ends_attempt(error)
        if cause is Cause.CONTEXT:
            return AttemptEnded(f"absolute context limit reached: {describe(error)}", cause)
        if cause and self.turns:
            return AttemptEnded(f"the service refused to go on: {describe(error)}", cause)
        return final_error(error)

    def compact(self, messages: Sequence[BetaMessageParam]) -> BetaMessage:
        """Return the server's compaction of these messages, to be sent in their place from now on.

        Raise ``anthropic.BadRequestError`` where the server does not know how.
        """
        message = self.persistence.run(
            lambda: self._stream(messages, (COMPACTION,), {"type": "summarize"}),
            passed_on=(anthropic.BadRequestError,),
        )
        # Whoever sends a compaction back has to name the beta that it came from.
        self._betas = (COMPACTION,)
        return message

    def _stream(
        self,
        messages: Sequence[BetaMessageParam],
        betas: tuple[str, ...],
        compaction: BetaCompactionConfigParam | None = None,
    ) -> BetaMessage:
        with self.client.beta.messages.stream(
            model=self.model,
            max_tokens=self.max_tokens,
            system=[{"type": "text", "text": SYSTEM_PROMPT, "cache_control": MARK}],
            tools=DEFINITIONS,
            messages=messages,
            cache_control=MARK,
            compaction=compaction or omit,
            betas=list(betas) or omit,
        ) as stream:
            return self._complete(stream)

    def _complete(self, stream: BetaMessageStream[None]) -> BetaMessage:
        """Read to the end; what an answer that breaks off has cost is counted as well."""
        message: BetaMessage | None = None
        try:
            for event in stream:
                if event.type == "message_start":
                    message = stream.current_message_snapshot
        except (ValueError, LookupError) as error:
            # The SDK's words for JSON that does not parse and for blocks that were never announced.
            raise BrokenStream(f"the answer cannot be read: {error}") from error
        finally:
            if message is not None:
                self._count(message)
        if message is None or message.stop_reason is None:
            raise BrokenStream("the answer broke off")
        return message

    def _count(self, message: BetaMessage) -> None:
        measured = self.meter.measure(message.usage)
        for iteration in message.usage.iterations or ():
            # A compaction's own cost is told here only, outside of the sums above.
            if iteration.type == "compaction":
                measured += self.meter.measure(iteration, requests=0)
        self.last = measured
        self.usage += measured
