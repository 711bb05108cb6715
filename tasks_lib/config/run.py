"""The whole configuration of a run: what ``tasks-md.toml`` holds, and the flow's form."""

from collections.abc import Mapping
from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from tasks_lib.config.agents import AgentConfig
from tasks_lib.config.deployments import AlertsConfig, DeploymentsConfig, name_of_remote
from tasks_lib.config.engine import EngineConfig
from tasks_lib.config.people import ApprovalConfig, BudgetConfig
from tasks_lib.config.remote import HostConfig, Identity, LockConfig
from tasks_lib.config.repos import GateConfig, RepoConfig
from tasks_lib.config.review import ReviewConfig
from tasks_lib.config.sandbox import SandboxConfig
from tasks_lib.config.section import Seconds, Section
from tasks_lib.errors import ConfigError


class RunConfig(Section):
    """Everything a run needs to know."""

    remote: str = Field("", description="Where the repository is pushed to; empty: origin of this checkout")
    tracking_branch: str = Field("main", description="The branch that carries the tracking file")
    tracking_file: str = Field("docs/tasks.md", description="Path of the tracking file in the repository")
    base_branch: str = Field("main", description="What the work starts from and is meant for")
    integration_branch: str = Field(
        "tasks-md/integration", description="Finished items are merged here; phase gates run on it"
    )
    state_dir: Path = Field(
        Path("~/.local/state/tasks-md"), description="Own clones, checkouts and transcripts of this machine"
    )
    max_parallel: int = Field(4, ge=1, le=256, description="Items at work at the same time")
    attempts: int = Field(3, ge=1, le=20, description="Attempts an item gets before it is failed")
    git_timeout: Seconds = Field(60, description="Seconds for one git command")
    push_budget: Seconds = Field(60, description="Seconds to keep trying when others push at the same time")
    patience: Seconds = Field(
        3600, description="Seconds to wait for a remote that is away or a tracking file that is broken"
    )
    poll: Seconds = Field(30, description="Seconds between two looks at the tracking file while items work")
    reference: str = Field("", description="Where the agent finds detailed findings, e.g. docs/reports/")
    repos: dict[str, RepoConfig] = Field(default_factory=dict, description="By the names of the column repo")
    phase_gates: tuple[GateConfig, ...] = Field(
        (), description="Run in the root of the integrated result at the end of every phase"
    )
    final_gates: tuple[GateConfig, ...] = Field((), description="Run after the last phase's gates")
    engine: EngineConfig = EngineConfig()
    agent: AgentConfig = AgentConfig()
    sandbox: SandboxConfig = SandboxConfig()
    approval: ApprovalConfig = ApprovalConfig()
    budget: BudgetConfig = BudgetConfig()
    review: ReviewConfig = ReviewConfig()
    lock: LockConfig = LockConfig()
    host: HostConfig = HostConfig()
    identity: Identity = Identity()
    deployments: DeploymentsConfig = DeploymentsConfig()
    alerts: AlertsConfig = AlertsConfig()

    @model_validator(mode="after")
    def _check_lock(self) -> Self:
        if self.engine.leaves_the_process and self.lock.kind == "machine":
            raise ValueError(
                'an engine with other processes needs [lock] kind = "ref": it fences their pushes'
            )
        return self

    @property
    def backlog_name(self) -> str:
        """What deployments, alerts and events call this backlog."""
        return self.deployments.name or name_of_remote(self.remote)

    @property
    def item_pool(self) -> str:
        """The work pool whose workers do the items; empty where they do not."""
        pool = self.engine.pool or self.deployments.work_pool
        return pool if self.engine.kind == "work-pool" else ""

    def repo_named(self, name: str) -> RepoConfig:
        """Return the repo that a cell of the column ``repo`` names; an empty one names the only repo.

        Raise ``ConfigError`` for a name that is not configured.
        """
        return named_repo(self.repos, name)


def named_repo(repos: Mapping[str, RepoConfig], name: str) -> RepoConfig:
    """Return the repo of that name, an empty one meaning the only one; see ``RunConfig.repo_named``."""
    if not name and len(repos) == 1:
        return next(iter(repos.values()))
    if name not in repos:
        known = ", ".join(repos) or "none is configured"
        raise ConfigError(f"repo {name!r} is not in the configuration (repos: {known}); add [repos.{name}]")
    return repos[name]
