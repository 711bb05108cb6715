"""What surrounds a word in a cell: backticks, bold, links, and the many ways to write 'none'."""

import re
from unicodedata import east_asian_width

NONE_WORDS = frozenset(
    {"", "-", "–", "—", "−", "--", "---", "_", "none", "n/a", "na", "nil", "null", "[]", "()", "{}", "∅"}  # noqa: RUF001 - dashes of all kinds
)
"""The ways to write that there is nothing, in lower case."""

_LINK = re.compile(r"\[([^\[\]]*)\]\([^()]*\)")
_PAIRS = ("**", "__", "*", "_", "`")
_DEPTH = 6
_LONGEST = 1000


def bare(text: str) -> str:
    """Return the text without the backticks, bold, italics or link around it."""
    text = text.strip()
    if len(text) > _LONGEST:
        return text
    for _ in range(_DEPTH):
        inner = _without_one_mark(text)
        if inner == text:
            break
        text = inner
    return text


def value_of(text: str) -> str:
    """Return the bare text, or an empty string where the text is a way to write 'none'."""
    if not text:
        return text
    if not ((text[0].isalnum() or text[0] == "#") and text[-1].isalnum()):
        text = bare(text)
    return "" if text.casefold() in NONE_WORDS else text


def _without_one_mark(text: str) -> str:
    link = _LINK.fullmatch(text)
    if link:
        return link[1].strip()
    for mark in _PAIRS:
        if len(text) > 2 * len(mark) and text.startswith(mark) and text.endswith(mark):
            return text[len(mark) : -len(mark)].strip()
    return text


def clip(text: str, length: int = 60) -> str:
    """Return the text as a message can quote it: on one line, not longer than ``length`` characters."""
    return repr(text if len(text) <= length else text[: length - 1] + "…")


def widths_of(text: str) -> list[int]:
    """Return how many columns each character takes on a screen; CJK and emoji take two."""
    return [2 if east_asian_width(character) in "WF" else 1 for character in text]


def width_of(text: str) -> int:
    """Return how many columns the text takes on a screen."""
    return len(text) if text.isascii() else sum(widths_of(text))
