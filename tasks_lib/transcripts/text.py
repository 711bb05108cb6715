"""A story as plain text, for a terminal or a code block. Pure."""

import json
from collections.abc import Iterator, Sequence

from tasks_lib.transcripts.model import Call, Story, Turn

LINES = 20
"""Lines that are shown of one answer."""

WIDTH = 200
"""Characters that are shown of one line."""

LAST = 3
"""Turns that are shown first where an attempt failed."""


def story_text(story: Story) -> str:
    """Return the whole story; where it failed, the reason and the last turns come first."""
    parts = [headline(story)]
    if story.reason:
        parts += [
            f"Why: {story.reason}",
            gates_text(story),
            f"The last turns:\n\n{turns_text(story.turns[-LAST:])}",
        ]
        parts.append("The whole attempt:")
    parts += [*story.remarks, turns_text(story.turns), claim_text(story)]
    parts += [] if story.reason else [gates_text(story)]
    return "\n\n".join(part for part in parts if part) + "\n"


def ending_text(story: Story) -> str:
    """Return the last turns and the claim: what a failure's page has room for."""
    return "\n\n".join(part for part in (turns_text(story.turns[-LAST:]), claim_text(story)) if part)


def headline(story: Story) -> str:
    """Return who did it, in how many turns, for how much, and what came of it."""
    last = story.turns[-1] if story.turns else Turn(0)
    figures = f"{last.number} turns, {last.used:,} tokens, ${last.cost:.2f}"
    return " · ".join(part for part in (story.agent, story.begun, figures, story.verdict) if part)


def turns_text(turns: Sequence[Turn]) -> str:
    """Return these turns, one after the other."""
    return "\n\n".join("\n".join(_turn(turn)) for turn in turns)


def claim_text(story: Story) -> str:
    """Return what the agent says of its work, and below that what was found and metered."""
    claimed = ", ".join(f"{key}: {value}" for key, value in story.claim.items() if value)
    sides = {"It claims:": claimed, "Measured:": ", ".join(_measured(story))}
    return "\n".join(f"{side:<10} {words}" for side, words in sides.items() if words)


def _measured(story: Story) -> Iterator[str]:
    if story.judged:
        yield f"status: {story.verdict}"
        yield f"commit: {story.judged.commit or 'none'}"
    usage = story.usage
    if usage and usage.claimed and not usage.requests:
        yield "used: nothing, as nobody could meter it"
    elif usage:
        yield f"used: {usage.measured:,} tokens in {usage.requests} requests, ${usage.cost:.2f}"


def gates_text(story: Story) -> str:
    """Return what the gates said."""
    found = story.judged.gates if story.judged else ()
    return "\n".join(
        f"gate {name}: {'passed' if passed else 'failed'}" + ("" if passed else f"\n{indented(output)}")
        for name, passed, output in found
    )


def figures(turn: Turn) -> str:
    """Return number, sums and context of a turn on one line."""
    context = f", context {turn.context:.0%}" if turn.context is not None else ""
    return f"turn {turn.number}: {turn.used:,} tokens, ${turn.cost:.2f}{context}"


def given(call: Call) -> str:
    """Return what a call was given: a command as it is, anything else as JSON."""
    command = call.given.get("command")
    if isinstance(command, str) and len(call.given) == 1:
        return command
    return json.dumps(dict(call.given), ensure_ascii=False, default=str)


def indented(text: str) -> str:
    """Return a text clipped to what is worth seeing, behind a margin."""
    lines = text.splitlines()
    if len(lines) > LINES:
        head = LINES * 2 // 5
        left_out = f"[{len(lines) - LINES} lines left out]"
        lines = [*lines[:head], left_out, *lines[head - LINES :]]
    return "\n".join(f"    {line if len(line) <= WIDTH else line[:WIDTH] + '…'}" for line in lines)


def _turn(turn: Turn) -> Iterator[str]:
    yield f"── {figures(turn)}"
    if turn.text:
        yield turn.text
    for call in turn.calls:
        mark = "✗" if call.is_error else "→"
        yield f"  {mark} {call.name}"
        yield indented(given(call))
        yield indented("(no answer)" if call.answer is None else call.answer)
    yield from (f"  ! {remark}" for remark in turn.remarks)
