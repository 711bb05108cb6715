"""The history of a conversation: it only ever grows, and only the marks of the cache move."""

from collections.abc import Sequence
from typing import TypeAlias

from anthropic.types.beta import (
    BetaCacheControlEphemeralParam,
    BetaMessage,
    BetaMessageParam,
    BetaTextBlockParam,
    BetaToolResultBlockParam,
)

UserBlock: TypeAlias = BetaTextBlockParam | BetaToolResultBlockParam

MARK: BetaCacheControlEphemeralParam = {"type": "ephemeral"}
"""A breakpoint of the prompt cache."""


def text_block(text: str) -> BetaTextBlockParam:
    """Return a block of text."""
    return {"type": "text", "text": text}


class History:
    """Messages of one conversation, in order.

    Thinking blocks are bound to everything before them: what was sent is never changed, what came back is
    echoed as it came.
    """

    def __init__(self) -> None:
        self._messages: list[Sequence[UserBlock] | BetaMessage] = []

    def say(self, *blocks: UserBlock) -> None:
        """Append a message of ours."""
        self._messages.append(blocks)

    def hear(self, message: BetaMessage) -> None:
        """Append a message of the model; an empty one would be refused, so it is left out."""
        if message.content:
            self._messages.append(message)

    def params(self, *more: UserBlock) -> list[BetaMessageParam]:
        """Return the messages of a request, with the mark where the last one ended.

        ``more`` is said in the last message for this request only.
        """
        marked = self._last_said(before=len(self._messages) - 1)
        params = [_param(message, mark=place == marked) for place, message in enumerate(self._messages)]
        if more:
            final = self._messages[-1]
            if not isinstance(final, BetaMessage):
                params.pop()
                more = (*final, *more)
            params.append(_user(more))
        return params

    def _last_said(self, before: int) -> int | None:
        said = [place for place in range(before) if not isinstance(self._messages[place], BetaMessage)]
        return said[-1] if said else None


def _param(message: Sequence[UserBlock] | BetaMessage, *, mark: bool) -> BetaMessageParam:
    if isinstance(message, BetaMessage):
        return message.to_param()
    return _user([*message[:-1], _marked(message[-1])] if mark else message)


def _user(blocks: Sequence[UserBlock]) -> BetaMessageParam:
    return {"role": "user", "content": list(blocks)}


def _marked(block: UserBlock) -> UserBlock:
    marked = block.copy()
    marked["cache_control"] = MARK
    return marked
