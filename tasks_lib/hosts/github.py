"""GitHub, on github.com, on GHE.com and on one's own server, by its REST API."""

from typing import Final
from urllib.parse import urlsplit

from tasks_lib.config import HostConfig
from tasks_lib.hosts.api import JsonApi
from tasks_lib.hosts.rest import RestHost
from tasks_lib.hosts.settings import address_of, repository_path, token_of

VERSION: Final = "2022-11-28"

_UNPROCESSABLE: Final = 422  # also for everything else that is wrong with a pull request


def github_host(config: HostConfig, base_branch: str) -> RestHost:
    """Return GitHub's side; raise ``ConfigError`` when address, repository or token cannot be used."""
    headers = {
        "Accept": "application/vnd.github+json",
        "Authorization": f"Bearer {token_of(config)}",
        "User-Agent": "tasks-md",
        "X-GitHub-Api-Version": VERSION,
    }
    api = JsonApi(_api_address(config), headers)
    return RestHost(api, repository_path(config), base_branch, _UNPROCESSABLE, _open_pull)


def _open_pull(host: RestHost, branch: str) -> object:
    owner = host.repository.split("/")[2]
    query = {"state": "open", "head": f"{owner}:{branch}", "base": host.base_branch}
    answer = host.api.get(f"{host.repository}/pulls", query)
    return answer.json[0] if isinstance(answer.json, list) and answer.json else None


def _api_address(config: HostConfig) -> str:
    """Return where the API of a web address is; it differs between GitHub's own sites and a server."""
    address = address_of(config) if config.url else "https://github.com"
    host = urlsplit(address).netloc
    if host in {"github.com", "www.github.com"}:
        return "https://api.github.com"
    if host.endswith(".ghe.com"):
        return f"https://api.{host}"
    return f"{address}/api/v3"
