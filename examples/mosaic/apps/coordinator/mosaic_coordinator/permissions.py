"""Who may do what with a board."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """Guests look on, members work, admins keep order."""

    GUEST = "guest"
    MEMBER = "member"
    ADMIN = "admin"


@dataclass(frozen=True)
class User:
    """Somebody who has signed in."""

    name: str
    role: Role


@dataclass(frozen=True)
class Board:
    """A page of widgets. A shared board is open to the whole team."""

    title: str
    owner: str
    is_shared: bool = False


def may_read(user: User, board: Board) -> bool:
    """Admins see everything, others what is shared and what is theirs."""
    return user.role is Role.ADMIN or board.is_shared or user.name == board.owner


def may_write(user: User, board: Board) -> bool:
    """Shared boards are written by the team, others by their owner; never by a guest."""
    return board.is_shared or user.name == board.owner and user.role is not Role.GUEST


def may_delete(user: User, board: Board) -> bool:
    """A board is deleted by its owner or by an admin."""
    return user.role is Role.ADMIN or user.name == board.owner
