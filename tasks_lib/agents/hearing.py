"""Whole lines from output that comes in pieces. Pure."""

from collections.abc import Callable

LONGEST = 16 << 20
"""Bytes of one line; what is longer is let go, and said so."""


class Lines:
    """Gives every whole line, as text without its end, to ``take``, as soon as it is there."""

    def __init__(self, take: Callable[[str], object]) -> None:
        self._take = take
        self._rest = bytearray()
        self._lost = 0

    def feed(self, piece: bytes) -> None:
        """Take the next piece."""
        *ended, rest = piece.split(b"\n")
        for part in ended:
            self._grow(part)
            self.end()
        self._grow(rest)

    def end(self) -> None:
        """Give the line that has no end yet, if there is one."""
        if self._lost:
            self._take(f"[a line of {self._lost + len(self._rest):,} bytes was let go]")
        elif self._rest:
            self._take(self._rest.decode("utf-8", errors="replace").rstrip("\r"))
        self._rest.clear()
        self._lost = 0

    def _grow(self, part: bytes) -> None:
        if self._lost or len(self._rest) + len(part) > LONGEST:
            self._lost += len(part)
        else:
            self._rest += part
