"""What must be right before anything starts."""

from tasks_lib.backlog.model import Backlog
from tasks_lib.config import RunConfig
from tasks_lib.errors import ConfigError


def check_repos(config: RunConfig, backlog: Backlog) -> None:
    """Raise ``ConfigError`` for rows whose repo is not configured, each with its line."""
    faults: dict[str, list[str]] = {}
    for item in backlog:
        try:
            config.repo_named(item.repo)
        except ConfigError as error:
            faults.setdefault(str(error), []).append(f"{item.id} (line {item.line})")
    if faults:
        raise ConfigError("\n".join(f"{fault}; used by {', '.join(rows)}" for fault, rows in faults.items()))
