"""For tests: a backend that lives in memory."""

from dataclasses import dataclass, field

from mosaic_web.backend import BackendError, Person, SignedOut, Tile


@dataclass
class MemoryBackend:
    """Knows the session `abc`; answers nothing at all while `is_down`."""

    name: str = "Ada Lovelace"
    stored: list[Tile] = field(default_factory=lambda: [Tile("Release 2", 3, 8)])
    sessions: set[str] = field(default_factory=lambda: {"abc"})
    is_down: bool = False

    def person(self, session: str) -> Person:
        """Who holds the session."""
        self._check(session)
        return Person(self.name)

    def tiles(self, session: str) -> list[Tile]:
        """All tiles."""
        self._check(session)
        return list(self.stored)

    def add_tile(self, session: str, tile: Tile) -> None:
        """Keep a tile."""
        self._check(session)
        self.stored.append(tile)

    def sign_out(self, session: str) -> None:
        """Forget the session."""
        self._check(session)
        self.sessions.discard(session)

    def _check(self, session: str) -> None:
        if self.is_down:
            raise BackendError("connection refused")
        if session not in self.sessions:
            raise SignedOut
