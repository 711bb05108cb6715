"""The remote: its host, its lock, and who signs what is pushed there."""

from typing import Literal

from pydantic import Field

from tasks_lib.config.section import Seconds, Section


class HostConfig(Section):
    """The git host for issues and pull requests."""

    kind: Literal["none", "gitea", "github"] = "none"
    url: str = Field("", description="Address of the host's web page, e.g. https://git.example.org")
    repository: str = Field("", description="owner/name")
    token_variable: str = Field(
        "TASKS_MD_HOST_TOKEN", description="Environment variable that holds the token"
    )


class LockConfig(Section):
    """How two runs on one tracking file are kept apart."""

    kind: Literal["ref", "machine"] = Field(
        "ref", description="ref: on all machines, by a ref on the remote; machine: on this machine only"
    )
    lease: Seconds = Field(
        180, description="Seconds without a sign of life after which a run on another machine counts as dead"
    )
    patience: float = Field(
        0,
        ge=0,
        description="Seconds to watch a lock that is held before giving up; "
        "more than the lease where state_dir does not outlive a run",
    )


class Identity(Section):
    """Who signs the commits of the orchestrator and of its agents."""

    name: str = Field("tasks-md", min_length=1)
    email: str = Field("tasks-md@localhost", min_length=3)
