"""The output of a command, kept small however much of it there is."""

from collections import deque

from tasks_lib.ports import clip

OUTPUT_LIMIT = 30_000
"""Characters of a command's output that are kept."""

_KEPT_BYTES = 4 * OUTPUT_LIMIT  # a character is at most four bytes in UTF-8


class Capture:
    """Takes any amount of bytes and remembers the first and the last of them."""

    def __init__(self) -> None:
        self._head = bytearray()
        self._tail: deque[bytes] = deque()
        self._tail_size = 0
        self._dropped = 0

    def write(self, data: bytes) -> None:
        """Take the next bytes."""
        room = _KEPT_BYTES - len(self._head)
        self._head += data[:room]
        if rest := data[room:]:
            self._tail.append(rest)
            self._tail_size += len(rest)
            self._forget()

    def _forget(self) -> None:
        while self._tail_size - len(self._tail[0]) >= _KEPT_BYTES:
            oldest = self._tail.popleft()
            self._tail_size -= len(oldest)
            self._dropped += len(oldest)

    def text(self) -> str:
        """Return the output as text, clipped; what is not UTF-8 shows as replacement characters."""
        kept = bytes(self._head) + b"".join(self._tail)
        text = kept.decode("utf-8", errors="replace").replace("\0", "\N{SYMBOL FOR NULL}")
        return clip(text, OUTPUT_LIMIT, dropped=self._dropped)
