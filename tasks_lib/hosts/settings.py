"""What every host reads from configuration and environment."""

import os
import re
from urllib.parse import quote, urlsplit

from tasks_lib.config import HostConfig
from tasks_lib.errors import ConfigError

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
