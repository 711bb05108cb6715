"""Gitea, and Forgejo with it, by its REST API."""

from collections.abc import Iterator
from typing import Final

from tasks_lib.config import HostConfig
from tasks_lib.hosts.api import JsonApi
from tasks_lib.hosts.rest import RestHost, field_of
from tasks_lib.hosts.settings import address_of, repository_path, token_of

PAGE: Final = 50
"""Pull requests in one answer, the most that Gitea gives unless it is told otherwise."""
MAX_PAGES: Final = 40

_CONFLICT: Final = 409


def gitea_host(config: HostConfig, base_branch: str) -> RestHost:
    """Return Gitea's side; raise ``ConfigError`` when address, repository or token cannot be used."""
    headers = {
        "Accept": "application/json",
        "Authorization": f"token {token_of(config)}",
        "User-Agent": "tasks-md",
    }
    api = JsonApi(f"{address_of(config)}/api/v1", headers)
    return RestHost(api, repository_path(config), base_branch, _CONFLICT, _open_pull)


def _open_pull(host: RestHost, branch: str) -> object:
    """Return the open one of a branch. Gitea's query by base and head also finds closed ones: look at all."""
    return next((pull for pull in _open_pulls(host) if _is_ours(host, pull, branch)), None)


def _open_pulls(host: RestHost) -> Iterator[object]:
    for number in range(1, MAX_PAGES + 1):
        query = {"state": "open", "base_branch": host.base_branch, "limit": f"{PAGE}", "page": f"{number}"}
        answer = host.api.get(f"{host.repository}/pulls", query)
        if not (answer.ok and isinstance(answer.json, list) and answer.json):
            return
        yield from answer.json


def _is_ours(host: RestHost, pull: object, branch: str) -> bool:
    """Tell a pull request of this branch from one of a fork's branch of the same name."""
    home = host.repository.removeprefix("/repos/").casefold()
    return (
        field_of(pull, "head", "ref") == branch
        and field_of(pull, "base", "ref") == host.base_branch
        and field_of(pull, "head", "repo", "full_name").casefold() == home
    )
