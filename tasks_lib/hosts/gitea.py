"""Gitea, and Forgejo with it, by its REST API."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Self

from tasks_lib.config import HostConfig
from tasks_lib.hosts.api import Answer, JsonApi
from tasks_lib.hosts.settings import address_of, field_of, issue_text, page_of, repository_path, token_of

PAGE: Final = 50
"""Pull requests in one answer, the most that Gitea gives unless it is told otherwise."""
MAX_PAGES: Final = 40

_CONFLICT: Final = 409


@dataclass(frozen=True)
class GiteaHost:
    """Issues and pull requests of one repository; pull requests go into ``base_branch``."""

    api: JsonApi
    repository: str
    base_branch: str

    @classmethod
    def from_config(cls, config: HostConfig, base_branch: str) -> Self:
        """Build it; raise ``ConfigError`` when address, repository or token cannot be used."""
        headers = {
            "Accept": "application/json",
            "Authorization": f"token {token_of(config)}",
            "User-Agent": "tasks-md",
        }
        return cls(JsonApi(f"{address_of(config)}/api/v1", headers), repository_path(config), base_branch)

    def issue(self, number: int) -> str:
        """Return title and text of an issue; raise ``HostError`` when it cannot be read."""
        return issue_text(self.api.get(f"{self.repository}/issues/{number}"))

    def open_pull_request(self, branch: str, title: str, body: str) -> str:
        """Open a pull request and return its page, that of the open one where the branch has one.

        Raise ``HostError`` when the host refuses it: a missing branch, nothing to merge.
        """
        wish = {"title": title, "head": branch, "base": self.base_branch, "body": body}
        answer = self.api.post(f"{self.repository}/pulls", wish)
        if answer.status == _CONFLICT:
            return self._found(branch, answer)
        if not answer.ok:
            raise answer.refusal()
        return page_of(answer, answer.json)

    def _found(self, branch: str, refused: Answer) -> str:
        """Return the open one. Gitea's query by base and head also finds closed ones: so look at all open."""
        for answer in self._pages():
            for pull in answer.json if isinstance(answer.json, list) else ():
                if self._is_ours(pull, branch):
                    return page_of(answer, pull)
        raise refused.refusal()

    def _pages(self) -> Iterator[Answer]:
        for number in range(1, MAX_PAGES + 1):
            query = {
                "state": "open",
                "base_branch": self.base_branch,
                "limit": f"{PAGE}",
                "page": f"{number}",
            }
            answer = self.api.get(f"{self.repository}/pulls", query)
            if not answer.ok:
                raise answer.refusal()
            if not answer.json:
                return
            yield answer

    def _is_ours(self, pull: object, branch: str) -> bool:
        """Tell a pull request of this branch from one of a fork's branch of the same name."""
        home = self.repository.removeprefix("/repos/").casefold()
        return (
            field_of(pull, "head", "ref") == branch
            and field_of(pull, "base", "ref") == self.base_branch
            and field_of(pull, "head", "repo", "full_name").casefold() == home
        )
