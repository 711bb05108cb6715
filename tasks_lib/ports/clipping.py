"""Keeping a long text small: its head and its tail."""

HEAD_SHARE = 0.4
"""The part that comes from the beginning; the end, where the verdict stands, gets the rest."""


def clip(text: str, limit: int, *, dropped: int = 0) -> str:
    """Return at most ``limit`` characters of the text: 40 % from its head, 60 % from its tail.

    A line in the middle says how much is missing; ``dropped`` is what went missing before, and belongs
    there too.
    """
    if len(text) <= limit:
        return text
    head = int(limit * HEAD_SHARE)
    tail = limit - head
    missing = len(text) - limit + dropped
    return f"{text[:head]}\n[... {missing:,} characters left out here ...]\n{text[-tail:]}"
