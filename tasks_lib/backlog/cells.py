"""The cells of one table row: where they stand, what they say, and how a value is written into one.

GitHub's rule is kept: a pipe ends a cell unless a backslash stands before it, in code spans too.
A value that a cell cannot hold as it is (line breaks, control characters, spaces at its ends) is written
with ``<br>`` and numeric references, and read back from them; inside code spans both are plain text.
"""

import re

EDGES = " \t\r\n"
PAD = " \t"
_PIPE = re.compile(r"(?<!\\)\|")
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]|^[ \t]|[ \t]$")
_REFERENCE = re.compile(r"&(?:#([0-9]{1,7})|#[xX]([0-9a-fA-F]{1,6})|(amp|lt|gt|quot));|<[bB][rR] ?/?>")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"'}
_TICKS = re.compile("`+")


def split_cells(line: str) -> list[str]:
    """Return the cells of a row with their padding; outer pipes and the line end are left out."""
    body = line.strip(EDGES)
    body = body.removeprefix("|")
    if body.endswith("|") and not body.endswith("\\|"):
        body = body[:-1]
    return _PIPE.split(body) if "\\" in body else body.split("|")


def read_cells(line: str) -> list[str]:
    """Return what the cells of a row say, without padding and escapes."""
    cells = [cell.strip(PAD) for cell in split_cells(line)]
    if "\\" in line or "&" in line or "<" in line:
        return [unescape(cell) for cell in cells]
    return cells


def first_cell(line: str) -> int:
    """Return the offset in the line at which the first cell begins."""
    start = len(line) - len(line.lstrip(PAD))
    return start + line.startswith("|", start)


def cell_start(line: str, index: int) -> int:
    """Return the offset at which the text of a cell begins; the row's end when it has no such cell."""
    cells = split_cells(line)
    if index >= len(cells):
        return len(line.rstrip(EDGES))
    cell = cells[index]
    padding = len(cell) - len(cell.lstrip(PAD)) if cell.strip(PAD) else min(len(cell), 1)
    return first_cell(line) + sum(len(before) + 1 for before in cells[:index]) + padding


def escape(value: str) -> str:
    """Return the text that a cell must hold to be read as this value: the inverse of ``unescape``."""
    plain = value.replace("|", "\\|")
    if not _UNSAFE.search(value) and unescape(plain) == value:
        return plain
    text = _REFERENCE.sub(lambda found: ("&amp;" if found[0][0] == "&" else "&lt;") + found[0][1:], value)
    text = _UNSAFE.sub(lambda found: "<br>" if found[0] == "\n" else f"&#{ord(found[0])};", text)
    text = text.replace("|", "\\|")
    return text if unescape(text) == value else text.replace("`", "&#96;")


def unescape(text: str) -> str:
    """Return what the text of a cell says."""
    text = text.replace("\\|", "|")
    if "&" not in text and "<" not in text:
        return text
    if "`" not in text:
        return _REFERENCE.sub(_character, text)
    return "".join(_unescape_around_code(text))


def _unescape_around_code(text: str) -> list[str]:
    """Return the text in pieces: code spans as they are, the rest read."""
    pieces, end = [], 0
    for start, stop in _code_spans(text):
        pieces += [_REFERENCE.sub(_character, text[end:start]), text[start:stop]]
        end = stop
    return [*pieces, _REFERENCE.sub(_character, text[end:])]


def _code_spans(text: str) -> list[tuple[int, int]]:
    """Pair each run of backticks with the next run of its length, in linear time as CommonMark does."""
    runs = [found.span() for found in _TICKS.finditer(text)]
    closers = [0] * len(runs)
    latest: dict[int, int] = {}
    for index in range(len(runs) - 1, -1, -1):
        length = runs[index][1] - runs[index][0]
        closers[index] = latest.get(length, index)
        latest[length] = index
    spans, index = [], 0
    while index < len(runs):
        close = closers[index]
        if close > index:
            spans.append((runs[index][0], runs[close][1]))
        index = close + 1
    return spans


def _character(found: re.Match[str]) -> str:
    decimal, hexadecimal, name = found.groups()
    if name:
        return _NAMED[name]
    if not decimal and not hexadecimal:
        return "\n"
    code = int(decimal) if decimal else int(hexadecimal, 16)
    is_character = code < 0xD800 or 0xDFFF < code < 0x110000  # noqa: PLR2004 - Unicode's own limits
    return chr(code) if is_character else found[0]
