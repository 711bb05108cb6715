"""The remote of a checkout that a person works in."""

from pathlib import Path

from tasks_lib.errors import ConfigError
from tasks_lib.vcs.git import Git

_SECONDS = 10.0


def origin_of(directory: Path) -> str:
    """Return where ``origin`` of the checkout around a directory is pushed to.

    Raise ``ConfigError`` when there is no checkout, or it has no such remote.
    """
    for parent in (directory, *directory.parents):
        if (parent / ".git").exists():
            answer = Git(parent / ".git", _SECONDS).call("config", "--get", "remote.origin.url")
            if answer.ok and answer.text:
                # A path is relative to the checkout, not to where this process happens to be.
                return str(parent / answer.text) if answer.text.startswith(".") else answer.text
            raise ConfigError(f"remote: not set, and the checkout {parent} has no remote 'origin'")
    raise ConfigError(f"remote: not set, and {directory} is not in a git checkout")
