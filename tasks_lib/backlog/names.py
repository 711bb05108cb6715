"""What may stand in ``branch`` and ``repo``: names that are handed to git and to the file system."""

import re
from collections.abc import Set as AbstractSet

PROTECTED_BRANCHES = frozenset({"main", "master", "develop", "trunk", "production", "release", "HEAD"})
"""Branches that no item may work on, unless the caller says otherwise."""

_LONGEST_BRANCH = 240
_LONGEST_REPO = 1000
_PLAIN = re.compile(r"(?!refs/)[a-zA-Z0-9][a-zA-Z0-9_-]{0,80}(?:/[a-zA-Z0-9_-]{1,80})?")
_NOT_IN_REFS = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]")
_ODD_PART = re.compile(r"(?:^|/)\.|\.lock(?:/|$)")
_NOT_IN_PATHS = re.compile(r"[\x00-\x20\x7f-\x9f\\:*?\"<>|,;\u2028-\u202e\u2066-\u2069]")
_URL = re.compile(r"(?:https?|ssh|git)://[A-Za-z0-9][\w.@:/~%+-]*|[\w.-]+@[A-Za-z0-9][\w.-]*:[\w./~+-]+")


def branch_fault(name: str, protected: AbstractSet[str] = PROTECTED_BRANCHES) -> str:
    """Return why an item cannot work on a branch of that name, an empty string when it can.

    The rules are those of ``git check-ref-format --branch``, and ours: no option, ref or protected branch.
    """
    if name in protected or name.casefold() in protected:
        return "is a protected branch"
    if _PLAIN.fullmatch(name):
        return ""
    if len(name.encode("utf-8", "surrogatepass")) > _LONGEST_BRANCH:
        return f"is longer than {_LONGEST_BRANCH} bytes"
    if name.startswith("-"):
        return "starts with -, which git takes for an option"
    if name.startswith("refs/"):
        return "is a ref, not the name of a branch"
    return _ref_fault(name)


def _ref_fault(name: str) -> str:
    bad = _NOT_IN_REFS.search(name)
    if bad:
        return f"contains {bad[0]!r}, which git forbids"
    for part in ("..", "@{", "//"):
        if part in name:
            return f"contains {part}, which git forbids"
    if name == "@" or name.startswith("/") or name.endswith(("/", ".")):
        return "starts or ends as git forbids"
    return (
        "has a part that starts with . or ends with .lock, which git forbids"
        if _ODD_PART.search(name)
        else ""
    )


def repo_fault(name: str, *, urls: bool = False) -> str:
    """Return why a repo of that name cannot be used, an empty string when it can: a plain relative path."""
    if name.startswith("-"):
        return "starts with -, which commands take for an option"
    if "://" in name or _URL.fullmatch(name):
        return "" if urls and _URL.fullmatch(name) else "is a URL, and URLs are not configured"
    return _path_fault(name)


def _path_fault(name: str) -> str:
    if len(name) > _LONGEST_REPO:
        return "is too long"
    bad = _NOT_IN_PATHS.search(name)
    if bad:
        return f"contains {bad[0]!r}; one item works in one directory"
    if name.startswith(("/", "~")):
        return "is not relative to the root"
    if any(part in {"", "..", ".git"} for part in name.rstrip("/").split("/")):
        return "leaves the root or names a part of git"
    return ""
