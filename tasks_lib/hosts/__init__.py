"""Issues and pull requests of a git host."""

from collections.abc import Callable
from typing import Final

from tasks_lib.config import HostConfig
from tasks_lib.hosts.gitea import gitea_host
from tasks_lib.hosts.github import github_host
from tasks_lib.hosts.none import NoHost
from tasks_lib.hosts.rest import RestHost
from tasks_lib.hosts.web import branches_page
from tasks_lib.ports import GitHost

__all__ = ["NoHost", "RestHost", "branches_page", "make_host"]

_MAKERS: Final[dict[str, Callable[[HostConfig, str], GitHost]]] = {
    "none": lambda _config, _base_branch: NoHost(),
    "gitea": gitea_host,
    "github": github_host,
}


def make_host(config: HostConfig, base_branch: str) -> GitHost:
    """Return the configured host; its pull requests ask to be merged into ``base_branch``.

    Raise ``ConfigError`` when address, repository or token are missing or cannot be used.
    """
    return _MAKERS[config.kind](config, base_branch)
