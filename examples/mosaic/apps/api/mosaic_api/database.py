"""The SQLite database behind the API."""

import sqlite3
from collections.abc import Sequence
from typing import Any

SCHEMA = """
CREATE TABLE IF NOT EXISTS users (
    id INTEGER PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    password TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS tiles (
    id INTEGER PRIMARY KEY,
    owner INTEGER NOT NULL REFERENCES users (id),
    title TEXT NOT NULL,
    done INTEGER NOT NULL CHECK (done >= 0),
    total INTEGER NOT NULL CHECK (total >= done)
);
"""


class QueryFailed(sqlite3.DatabaseError):
    """A statement the database refused; keeps the statement for whoever looks into it."""

    def __init__(self, statement: str, cause: sqlite3.Error) -> None:
        super().__init__(f"{cause} in {' '.join(statement.split())}")
        self.statement = statement


class Database:
    """One connection; every statement is its own transaction."""

    def __init__(self, path: str = ":memory:") -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.executescript(SCHEMA)

    def rows(self, statement: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """All rows a statement gives; raises QueryFailed."""
        try:
            return self._connection.execute(statement, values).fetchall()
        except sqlite3.Error as error:
            raise QueryFailed(statement, error) from error

    def insert(self, statement: str, values: Sequence[object]) -> int:
        """Insert a row and give its id; raises QueryFailed."""
        try:
            return self._connection.execute(statement, values).lastrowid or 0
        except sqlite3.Error as error:
            raise QueryFailed(statement, error) from error
