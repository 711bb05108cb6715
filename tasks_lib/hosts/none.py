"""No git host: there are no issues to read and no pull requests to open."""

from dataclasses import dataclass


@dataclass(frozen=True)
class NoHost:
    """Answers every question with nothing."""

    def issue(self, number: int) -> str:  # noqa: ARG002  there are none
        """Return an empty string: there is no host to ask."""
        return ""

    def open_pull_request(self, branch: str, title: str, body: str) -> str:  # noqa: ARG002  there are none
        """Return an empty string: the pushed branch is all there is."""
        return ""
