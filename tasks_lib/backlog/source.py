"""Bytes to lines and back, without losing one of them."""

from dataclasses import dataclass

from tasks_lib.errors import BacklogError, Problem

BOM = "\ufeff"
MOST_LINES = 500_000
"""How many lines a tracking file may have; more is an error, so that no file takes unbounded time."""

_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_NOT_LINE_ENDS = "\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
"""What Python takes for line ends and Markdown does not."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file's lines, each with its own line end; ``bom``: whether a byte order mark stood before them."""

    lines: list[str]
    bom: bool


def read_source(data: bytes) -> Source:
    """Decode strict UTF-8 and split it.

    Raise ``BacklogError`` that names the offset of the first bad byte, or when there are over ``MOST_LINES``.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BacklogError((_not_utf8(data, error),)) from error
    bom = text.startswith(BOM)
    if data.count(b"\n") + data.count(b"\r") - data.count(b"\r\n") > MOST_LINES:
        what = f"the file has more than {MOST_LINES:,} lines"
        raise BacklogError((Problem(1, 1, "too-many-lines", what, "split it into several files"),))
    return Source(_split_lines(text[1:] if bom else text), bom)


def write_source(source: Source) -> bytes:
    """Return the bytes of a source: the inverse of ``read_source``."""
    return ((BOM if source.bom else "") + "".join(source.lines)).encode("utf-8")


def _split_lines(text: str) -> list[str]:
    masked = text
    for character in _NOT_LINE_ENDS:
        masked = masked.replace(character, "?")
    pieces = masked.splitlines(keepends=True)
    if masked == text:
        return pieces
    lines, start = [], 0
    for piece in pieces:
        lines.append(text[start : start + len(piece)])
        start += len(piece)
    return lines


def _not_utf8(data: bytes, error: UnicodeDecodeError) -> Problem:
    before = data[: error.start]
    line_start = max(before.rfind(b"\n"), before.rfind(b"\r")) + 1
    line = 1 + before.count(b"\n") + before.count(b"\r") - before.count(b"\r\n")
    column = 1 + len(before[line_start:].decode("utf-8", "replace"))
    what = "UTF-16" if data.startswith(_UTF16) else f"not UTF-8: {error.reason}"
    return Problem(
        line,
        column,
        "not-utf8",
        f"the file is {what}; byte 0x{data[error.start]:02x} at offset {error.start}",
        "save the file as UTF-8",
    )
