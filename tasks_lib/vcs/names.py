"""Names from outside that become refs, addresses or paths: checked here before git ever sees one."""

import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from tasks_lib.backlog.model import Item
from tasks_lib.backlog.names import Branches, name_fault
from tasks_lib.config import RunConfig
from tasks_lib.errors import ConfigError, WorkspaceError

_SCP = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*(?:@[A-Za-z0-9][A-Za-z0-9._-]*)?:[^:\s][^\s]*")
_SCHEMES = frozenset({"https", "ssh", "http", "git", "file"})


def item_branch(item: Item, config: RunConfig) -> str:
    """Return the branch that an item is worked on; an empty cell means ``tasks-md/`` and the id.

    Raise ``WorkspaceError`` for a name that git would not take, or that is kept for something else.
    """
    name = item.branch or f"tasks-md/{item.id.lower()}"
    if fault := branches_of(config).fault(name):
        raise WorkspaceError(
            f"{item.id}: line {item.line}: the branch {name!r} {fault}; change the cell 'branch'"
        )
    return name


def branches_of(config: RunConfig) -> Branches:
    """Return the branches that no item may work on."""
    return Branches(config.tracking_branch, config.base_branch, config.integration_branch)


@dataclass(frozen=True, slots=True)
class Remote:
    """Where the repository lives: an address for git, and the one protocol that reaches it."""

    address: str
    protocol: str

    @property
    def slug(self) -> str:
        """Return a directory name of its own for each address."""
        name = re.sub(r"[^A-Za-z0-9]+", "-", PurePosixPath(self.address).stem).strip("-")[:40]
        return f"{name}-{sha256(self.address.encode()).hexdigest()[:12]}"


def parse_remote(text: str) -> Remote:
    """Understand ``remote`` of the configuration: a path, ``https://``, ``ssh://``, or ``user@host:path``.

    Raise ``ConfigError`` for anything else, such as git's transports that run a command.
    """
    if not text or text.startswith("-") or "::" in text or any(c.isspace() and c != " " for c in text):
        raise ConfigError(f"remote: {text!r} is no address of a repository")
    if "://" in text:
        scheme = urlsplit(text).scheme
        if scheme in _SCHEMES:
            return Remote(text, scheme)
        raise ConfigError(f"remote: {scheme}:// is not among {', '.join(sorted(_SCHEMES))}")
    if _SCP.fullmatch(text):
        return Remote(text, "ssh")
    return Remote(str(Path(text).expanduser().resolve()), "file")


def check_names(config: RunConfig) -> None:
    """Raise ``ConfigError`` when a branch or the path of the tracking file cannot be used."""
    for key in ("tracking_branch", "base_branch", "integration_branch"):
        name = str(getattr(config, key))
        if fault := name_fault(name):
            raise ConfigError(f"{key}: the branch {name!r} {fault}")
    if config.integration_branch in {config.base_branch, config.tracking_branch}:
        raise ConfigError("integration_branch: must differ from base_branch and tracking_branch")
    path = PurePosixPath(config.tracking_file)
    parts = config.tracking_file.split("/")
    if path.is_absolute() or any(part in {"", ".", ".."} or part.lower() == ".git" for part in parts):
        raise ConfigError(f"tracking_file: {config.tracking_file!r} is no path inside the repository")
