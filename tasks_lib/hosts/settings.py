"""What both hosts read from configuration and environment, and how their texts are put."""

import os
import re
from typing import Final
from urllib.parse import quote, urlsplit

from tasks_lib.config import HostConfig
from tasks_lib.errors import ConfigError, HostError
from tasks_lib.hosts.api import Answer

ISSUE_LIMIT: Final = 30_000
"""Characters of an issue that are taken; the model pays for each of them."""

_REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+", re.ASCII)


def token_of(config: HostConfig) -> str:
    """Return the token from the environment; raise ``ConfigError`` when there is none."""
    token = os.environ.get(config.token_variable, "").strip()
    if not token or not token.isascii() or not token.isprintable():
        raise ConfigError(f"{config.token_variable}: set it to a token of the git host, or host.kind to none")
    return token


def address_of(config: HostConfig) -> str:
    """Return the host's address without a slash at its end; raise ``ConfigError`` when it is none."""
    if not _is_address(config.url):
        raise ConfigError(f"host.url: {config.url!r} is not an address such as https://git.example.org")
    return config.url.rstrip("/")


def _is_address(url: str) -> bool:
    """Tell whether it is one of a web page, without a password in it or a query behind it."""
    try:
        parts = urlsplit(url)
        plain = parts.port is None or parts.port > 0
    except ValueError:
        return False
    known = parts.scheme in {"http", "https"} and bool(parts.hostname)
    return known and plain and not (parts.username or parts.password or parts.query or parts.fragment)


def repository_path(config: HostConfig) -> str:
    """Return ``/repos/owner/name``; raise ``ConfigError`` when the repository is not so written."""
    if not _REPOSITORY.fullmatch(config.repository):
        raise ConfigError(f"host.repository: {config.repository!r} is not of the form owner/name")
    return f"/repos/{quote(config.repository)}"


def field_of(said: object, *names: str) -> str:
    """Return a text out of nested objects of an answer; an empty string where it is not."""
    for name in names:
        said = said.get(name) if isinstance(said, dict) else None
    return said if isinstance(said, str) else ""


def issue_text(answer: Answer) -> str:
    """Return title and text of an issue as Markdown, cut at a length; raise ``HostError`` without a title."""
    title, body = field_of(answer.json, "title"), field_of(answer.json, "body").replace("\r\n", "\n")
    if not answer.ok:
        raise answer.refusal()
    if not title:
        raise HostError(f"{answer.what}: the answer is no issue: it has no title")
    text = f"# {title}\n\n{body}".strip()
    return (
        text if len(text) <= ISSUE_LIMIT else f"{text[:ISSUE_LIMIT]}\n[... cut here: the issue is longer ...]"
    )


def page_of(answer: Answer, said: object) -> str:
    """Return the address of a pull request's page; raise ``HostError`` when it has none."""
    address = field_of(said, "html_url")
    if not address.startswith(("https://", "http://")):
        raise HostError(f"{answer.what}: the answer is no pull request: it has no html_url")
    return address
