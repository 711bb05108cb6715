"""Tiles: the pieces of work whose progress the dashboard shows."""

from dataclasses import asdict, dataclass
from typing import Any

from mosaic_api.database import Database

COLUMNS = "id, title, done, total"


@dataclass(frozen=True)
class Tile:
    """A piece of work with `done` of `total` steps behind it."""

    id: int
    title: str
    done: int
    total: int

    def document(self) -> dict[str, Any]:
        """The tile as JSON data."""
        return asdict(self)


class TileStore:
    """Tiles in the database, each with an owner."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, owner: int, title: str, done: int, total: int) -> Tile:
        """Store a new tile."""
        number = self._database.insert(
            "INSERT INTO tiles (owner, title, done, total) VALUES (?, ?, ?, ?)",
            (owner, title, done, total),
        )
        return Tile(number, title, done, total)

    def of_owner(self, owner: int, wanted: str = "") -> list[Tile]:
        """The tiles of a user whose title contains `wanted`, oldest first."""
        rows = self._database.rows(
            f"SELECT {COLUMNS} FROM tiles WHERE owner = ? AND instr(title, ?) > 0 ORDER BY id",
            (owner, wanted),
        )
        return [_tile(row) for row in rows]


def _tile(row: tuple[Any, ...]) -> Tile:
    number, title, done, total = row
    return Tile(number, title, done, total)
