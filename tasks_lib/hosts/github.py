"""GitHub, on github.com, on GHE.com and on one's own server, by its REST API."""

from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import urlsplit

from tasks_lib.config import HostConfig
from tasks_lib.hosts.api import Answer, JsonApi
from tasks_lib.hosts.settings import address_of, issue_text, page_of, repository_path, token_of

VERSION: Final = "2022-11-28"

_UNPROCESSABLE: Final = 422


@dataclass(frozen=True)
class GitHubHost:
    """Issues and pull requests of one repository; pull requests go into ``base_branch``."""

    api: JsonApi
    repository: str
    base_branch: str

    @classmethod
    def from_config(cls, config: HostConfig, base_branch: str) -> Self:
        """Build it; raise ``ConfigError`` when address, repository or token cannot be used."""
        headers = {
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {token_of(config)}",
            "User-Agent": "tasks-md",
            "X-GitHub-Api-Version": VERSION,
        }
        return cls(JsonApi(_api_address(config), headers), repository_path(config), base_branch)

    def issue(self, number: int) -> str:
        """Return title and text of an issue; raise ``HostError`` when it cannot be read."""
        return issue_text(self.api.get(f"{self.repository}/issues/{number}"))

    def open_pull_request(self, branch: str, title: str, body: str) -> str:
        """Open a pull request and return its page, that of the open one where the branch has one.

        Raise ``HostError`` when the host refuses it: a missing branch, nothing to merge.
        """
        wish = {"title": title, "head": branch, "base": self.base_branch, "body": body}
        answer = self.api.post(f"{self.repository}/pulls", wish)
        if answer.status == _UNPROCESSABLE:
            return self._found(branch, answer)
        if not answer.ok:
            raise answer.refusal()
        return page_of(answer, answer.json)

    def _found(self, branch: str, refused: Answer) -> str:
        """Return the open one: 422 says that there is one, and also everything else that is wrong."""
        owner = self.repository.split("/")[2]
        query = {"state": "open", "head": f"{owner}:{branch}", "base": self.base_branch}
        answer = self.api.get(f"{self.repository}/pulls", query)
        if not (isinstance(answer.json, list) and answer.json):
            raise refused.refusal()
        return page_of(answer, answer.json[0])


def _api_address(config: HostConfig) -> str:
    """Return where the API of a web address is; it differs between GitHub's own sites and a server."""
    address = address_of(config) if config.url else "https://github.com"
    host = urlsplit(address).netloc
    if host in {"github.com", "www.github.com"}:
        return "https://api.github.com"
    if host.endswith(".ghe.com"):
        return f"https://api.{host}"
    return f"{address}/api/v3"
