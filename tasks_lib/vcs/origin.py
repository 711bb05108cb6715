"""The remote of a checkout that a person works in."""

from pathlib import Path

from tasks_lib.config import RunConfig, load_config
from tasks_lib.errors import ConfigError
from tasks_lib.vcs.git import Git

_SECONDS = 10.0


def load_with_remote(path: Path) -> RunConfig:
    """Load a configuration; where it names no remote, that of the checkout it stands in is meant.

    Raise ``ConfigError`` when it cannot be used.
    """
    config = load_config(path)
    if config.remote:
        return config
    return config.model_copy(update={"remote": origin_of(path.resolve().parent)})


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
    raise ConfigError(f"remote: not set, and {directory} is not in a git checkout whose origin is meant then")
