"""A git host with a REST API: Gitea and GitHub differ in little more than how they are asked."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tasks_lib.errors import HostError
from tasks_lib.hosts.api import Answer, JsonApi

ISSUE_LIMIT: Final = 30_000
"""Characters of an issue that are taken; the model pays for each of them."""

Find = Callable[["RestHost", str], object]
"""Looks for the open pull request of a branch: an object of the API, None where there is none."""


@dataclass(frozen=True)
class RestHost:
    """Issues and pull requests of one repository; pull requests go into ``base_branch``.

    ``repository`` is its path in the API; ``exists`` is the status that may mean that the branch has an
    open pull request already, and then ``find`` looks for it.
    """

    api: JsonApi
    repository: str
    base_branch: str
    exists: int
    find: Find

    def issue(self, number: int) -> str:
        """Return title and text of an issue as Markdown; raise ``HostError`` when it cannot be read."""
        answer = self.api.get(f"{self.repository}/issues/{number}")
        if not answer.ok:
            raise answer.refusal()
        return _issue_text(answer)

    def open_pull_request(self, branch: str, title: str, body: str) -> str:
        """Open a pull request and return its page, that of the open one where the branch has one.

        Raise ``HostError`` when the host refuses it: a missing branch, nothing to merge.
        """
        wish = {"title": title, "head": branch, "base": self.base_branch, "body": body}
        answer = self.api.post(f"{self.repository}/pulls", wish)
        if answer.ok:
            return _page(answer, answer.json)
        found = self.find(self, branch) if answer.status == self.exists else None
        if found is None:
            raise answer.refusal()
        return _page(answer, found)


def field_of(said: object, *names: str) -> str:
    """Return a text out of nested objects of an answer; an empty string where it is not."""
    for name in names:
        said = said.get(name) if isinstance(said, dict) else None
    return said if isinstance(said, str) else ""


def _issue_text(answer: Answer) -> str:
    title, body = field_of(answer.json, "title"), field_of(answer.json, "body").replace("\r\n", "\n")
    if not title:
        raise HostError(f"{answer.what}: the answer is no issue: it has no title")
    text = f"# {title}\n\n{body}".strip()
    return (
        text if len(text) <= ISSUE_LIMIT else f"{text[:ISSUE_LIMIT]}\n[... cut here: the issue is longer ...]"
    )


def _page(answer: Answer, pull: object) -> str:
    """Return the address of a pull request's page: one of the web, whatever the host says."""
    address = field_of(pull, "html_url")
    if not address.startswith(("https://", "http://")):
        raise HostError(f"{answer.what}: the answer is no pull request: it has no html_url")
    return address
