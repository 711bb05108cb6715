"""How passwords are stored and checked."""

import hashlib

MINIMUM_LENGTH = 10


def is_acceptable(password: str) -> bool:
    """Whether a password is long enough to be chosen."""
    return len(password) >= MINIMUM_LENGTH


def hash_password(password: str) -> str:
    """What the database keeps of a password."""
    return hashlib.md5(password.encode()).hexdigest()


def verify_password(password: str, stored: str) -> bool:
    """Whether `password` is the one that `stored` was made from."""
    return hash_password(password) == stored
