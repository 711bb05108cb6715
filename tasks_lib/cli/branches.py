"""The branches of the configuration, for commands that look at a file without loading all of it."""

from pathlib import Path

from tasks_lib.backlog import DEFAULT_BRANCHES, Branches
from tasks_lib.errors import ConfigError

CONFIG_NAME = "tasks-md.toml"
_KEYS = {"tracking_branch": "tracking", "base_branch": "base", "integration_branch": "integration"}


def configured_branches(tracking_file: Path) -> Branches:
    """Return the branches that the nearest ``tasks-md.toml`` names, beside the tracking file or above it.

    The search ends at the top of the checkout. Raise ``ConfigError`` when that file cannot be read; what else
    is in it is not looked at.
    """
    for directory in tracking_file.resolve().parents:
        config = directory / CONFIG_NAME
        if config.is_file():
            return _branches(config)
        if (directory / ".git").exists():
            break
    return DEFAULT_BRANCHES


def _branches(config: Path) -> Branches:
    import tomllib

    try:
        values = tomllib.loads(config.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{config}: cannot be read: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{config}: not TOML: {error}") from error
    named = {key: values[key] for key in _KEYS if key in values}
    for key, name in named.items():
        if not isinstance(name, str) or not name:
            raise ConfigError(f"{config}: {key}: the name of a branch is expected, not {name!r}")
    return Branches(**{_KEYS[key]: name for key, name in named.items()})
