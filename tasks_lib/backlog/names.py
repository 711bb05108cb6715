"""What may stand in ``branch`` and ``repo``: names that are handed to git and to the file system."""

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

PROTECTED_BRANCHES = frozenset({"main", "master", "develop", "trunk", "production", "release", "HEAD"})
"""Branches that no item may work on, whatever the configuration."""

LOCK_BRANCHES = "tasks-md-lock"
"""Locks are below this name, where they have to be branches."""

LONGEST_BRANCH = 200
_LONGEST_REPO = 1000
_USUAL = re.compile(r"(?!refs/|HEAD$)[A-Za-z0-9_][A-Za-z0-9_-]{0,30}(?:/[A-Za-z0-9_][A-Za-z0-9_-]{0,90})?")
_PART = r"[A-Za-z0-9_#][A-Za-z0-9._+#@=-]*"
_BRANCH = re.compile(rf"{_PART}(?:/{_PART})*")
_ODD_PART = re.compile(r"\.\.|\.$|\.lock(?:/|$)")
_NOT_IN_REFS = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|/\.")
_SHA = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_NOT_IN_PATHS = re.compile(r"[\x00-\x20\x7f-\x9f\\:*?\"<>|,;\u2028-\u202e\u2066-\u2069]")
_ADDRESS = re.compile(r"[\w.-]+@[A-Za-z0-9][\w.-]*:.*", re.DOTALL)


def is_sha(text: str) -> bool:
    """Tell whether the text is a full object name."""
    return _SHA.fullmatch(text) is not None


def name_fault(name: str) -> str:
    """Say what is wrong with the name of a branch, in a few words; empty when nothing is.

    What passes here passes ``git check-ref-format --branch`` too, and means nothing to a shell.
    """
    if _USUAL.fullmatch(name):
        return ""
    if len(name) > LONGEST_BRANCH:
        return f"is longer than {LONGEST_BRANCH} characters"
    if name.startswith("-"):
        return "starts with -, which git takes for an option"
    if name.startswith("refs/"):
        return "is a ref, not the name of a branch"
    return _spelling_fault(name)


def _spelling_fault(name: str) -> str:
    if bad := _NOT_IN_REFS.search(name):
        return f"contains {bad[0]!r}, which git forbids"
    if not _BRANCH.fullmatch(name):
        return "may only have letters, digits and ._+#@=- between slashes, a letter, digit, _ or # first"
    if _ODD_PART.search(name):
        return "ends in a dot or has a part that ends in .lock, which git forbids"
    return "would be mistaken for a commit" if name == "HEAD" or is_sha(name) else ""


@dataclass(frozen=True)
class Branches:
    """The branches of a configuration: no item may work on one of them, nor where git could not hold both.

    Git keeps branches like files, so that nothing can be below ``main``, and ``tasks-md`` cannot be beside
    ``tasks-md/integration``.
    """

    tracking: str = "main"
    base: str = "main"
    integration: str = "tasks-md/integration"

    def fault(self, name: str) -> str:
        """Say why no item can work on a branch of that name, in a few words; empty when one can."""
        if name in PROTECTED_BRANCHES or name.casefold() in PROTECTED_BRANCHES or self._taken(name):
            return self._collision(name) or "is a protected branch"
        return name_fault(name)

    def _taken(self, name: str) -> bool:
        return name in self._above or name.startswith(self._below)

    @cached_property
    def _roles(self) -> dict[str, str]:
        return {
            self.integration: "the integration branch",
            self.base: "the base branch",
            self.tracking: "the tracking branch",
            LOCK_BRANCHES: "the directory of locks",
        }

    @cached_property
    def _above(self) -> frozenset[str]:
        """The kept names and the directories that they are in."""
        return frozenset(directory for name in self._roles for directory in _with_directories(name))

    @cached_property
    def _below(self) -> tuple[str, ...]:
        return tuple(f"{name}/" for name in self._roles)

    def _collision(self, name: str) -> str:
        for kept, role in self._roles.items():
            if name == kept:
                return f"is {role} and may not be an item's"
            if name.startswith(f"{kept}/") or kept.startswith(f"{name}/"):
                return f"cannot exist beside {role} {kept!r}"
        return ""


DEFAULT_BRANCHES = Branches()
"""Those of a configuration that names none."""


def _with_directories(name: str) -> list[str]:
    """Return ``a``, ``a/b`` and ``a/b/c`` of ``a/b/c``."""
    return list(accumulate(name.split("/"), lambda directory, part: f"{directory}/{part}"))


def repo_fault(name: str) -> str:
    """Return why a repo of that name cannot be used, an empty string when it can: a plain relative path."""
    if name.startswith("-"):
        return "starts with -, which commands take for an option"
    if "://" in name or _ADDRESS.fullmatch(name):
        return "is a URL; a repo is a directory of the one repository"
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
