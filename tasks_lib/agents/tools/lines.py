"""Text edits on bytes: only what is asked for changes. Pure."""

from tasks_lib.agents.tools.answer import ToolError

NAMED_AT_MOST = 20
"""Line numbers that an error names."""


def fitted(text: str, data: bytes) -> bytes:
    r"""Return the text in UTF-8 with the line ends of the file it goes into.

    A model writes ``\n``; a file whose every line ends in ``\r\n`` gets those.
    """
    if data.count(b"\n") and data.count(b"\n") == data.count(b"\r\n"):
        text = text.replace("\r\n", "\n").replace("\n", "\r\n")
    return text.encode("utf-8", errors="surrogatepass")


def replaced(data: bytes, old: str, new: str) -> tuple[bytes, int]:
    """Replace the only occurrence of ``old``; return the bytes and the line, from 1, where it began.

    Raise ``ToolError`` when it does not occur exactly once.
    """
    if not old:
        raise ToolError("`old_str` is empty; use `insert` to add text, `create` to write a file")
    wanted = fitted(old, data)
    places = _places(data, wanted)
    if not places:
        raise ToolError("`old_str` was not found; it must match the file exactly, white space included")
    lines = [line_of(data, place) for place in places]
    if len(places) > 1:
        named = ", ".join(map(str, lines[:NAMED_AT_MOST]))
        raise ToolError(
            f"`old_str` was found {len(places)} times (beginning in lines {named}); "
            "add lines around it until it is unique"
        )
    place = places[0]
    return data[:place] + fitted(new, data) + data[place + len(wanted) :], lines[0]


def inserted(data: bytes, after: int, text: str) -> bytes:
    """Insert text after a line, 0 for the beginning; raise ``ToolError`` when there is no such line."""
    lines = split(data)
    if not 0 <= after <= len(lines):
        raise ToolError(f"`insert_line` must be from 0 to {len(lines)}, the number of lines, not {after}")
    before, behind = b"".join(lines[:after]), b"".join(lines[after:])
    ending = fitted("\n", data)
    new = fitted(text, data)
    if before and not before.endswith(b"\n"):
        before += ending
    if behind and new and not new.endswith(b"\n"):
        new += ending
    return before + new + behind


def split(data: bytes) -> list[bytes]:
    """Return the lines with their ends; only a line feed ends a line, as in editors and compilers."""
    lines = data.split(b"\n")
    ended = [line + b"\n" for line in lines[:-1]]
    return [*ended, lines[-1]] if lines[-1] else ended


def line_of(data: bytes, place: int) -> int:
    """Return the number, from 1, of the line in which a byte stands."""
    return data.count(b"\n", 0, place) + 1


def _places(data: bytes, wanted: bytes) -> list[int]:
    """Return where it occurs; overlapping occurrences count, since each could be meant."""
    places = []
    place = data.find(wanted)
    while place >= 0:
        places.append(place)
        place = data.find(wanted, place + 1)
    return places
