"""What can go wrong in a request, and the answers that say so."""

import sqlite3
import traceback
from typing import Any


class ApiError(Exception):
    """A mistake of the caller; its message is meant for the caller."""

    status = 400
    code = "bad-request"


class BadRequest(ApiError):
    """The request cannot be understood."""


class Unauthorized(ApiError):
    """The caller is not signed in, or gave the wrong password."""

    status = 401
    code = "unauthorized"


class NotFound(ApiError):
    """There is nothing under this path."""

    status = 404
    code = "not-found"


class Conflict(ApiError):
    """The thing exists already."""

    status = 409
    code = "conflict"


def describe(error: Exception) -> tuple[int, dict[str, Any]]:
    """Status and JSON document that answer a request which ended in `error`."""
    if isinstance(error, ApiError):
        return error.status, {"error": error.code, "message": str(error)}
    return 500, describe_failure(error)


def describe_failure(error: Exception) -> dict[str, Any]:
    """The document for an error that is not the caller's."""
    answer: dict[str, Any] = {
        "error": "internal",
        "message": f"{type(error).__name__}: {error}",
        "trace": "".join(traceback.format_exception(error)),
    }
    if isinstance(error, sqlite3.Error):
        answer["sql"] = getattr(error, "statement", None)
    return answer
