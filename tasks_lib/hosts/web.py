"""Where the git host shows a repository to people."""

from tasks_lib.config import HostConfig
from tasks_lib.errors import ConfigError
from tasks_lib.hosts.settings import address_of, repository_path

_BRANCHES = {"gitea": "src/branch", "github": "tree"}


def branches_page(config: HostConfig) -> str:
    """Return what the page of every branch begins with; empty where there is no host or no address of it."""
    if config.kind not in _BRANCHES:
        return ""
    try:
        address = address_of(config) if config.url or config.kind == "gitea" else "https://github.com"
        repository = repository_path(config).removeprefix("/repos/")
    except ConfigError:
        return ""
    return f"{address}/{repository}/{_BRANCHES[config.kind]}/"
