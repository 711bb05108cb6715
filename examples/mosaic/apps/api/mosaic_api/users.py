"""The people who have an account."""

from dataclasses import dataclass

from mosaic_api.database import Database

COLUMNS = "id, email, name, password"


@dataclass(frozen=True)
class User:
    """An account; `password` is the stored form, never the password itself."""

    id: int
    email: str
    name: str
    password: str


class UserStore:
    """Accounts in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, email: str, name: str, password: str) -> User:
        """Store a new account; `password` is already in its stored form."""
        number = self._database.insert(
            "INSERT INTO users (email, name, password) VALUES (?, ?, ?)", (email, name, password)
        )
        return User(number, email, name, password)

    def by_email(self, email: str) -> User | None:
        """The account with this address."""
        return self._one(f"SELECT {COLUMNS} FROM users WHERE email = ?", email)

    def by_id(self, number: int) -> User | None:
        """The account with this id."""
        return self._one(f"SELECT {COLUMNS} FROM users WHERE id = ?", number)

    def _one(self, statement: str, value: object) -> User | None:
        for number, email, name, password in self._database.rows(statement, (value,)):
            return User(number, email, name, password)
        return None
