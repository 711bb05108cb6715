"""The one configuration: a TOML file (``tasks-md.toml``), and the same model as the flow's form.

Nothing secret belongs here: keys and passwords are read from the environment when they are used, under the
names that this model holds.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tasks_lib.errors import ConfigError

DEFAULT_CONFIG_NAME = "tasks-md.toml"

Tokens = Annotated[int, Field(gt=0)]
Seconds = Annotated[float, Field(gt=0)]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class GateConfig(_Model):
    """A command that must exit 0."""

    name: str = Field(min_length=1, description="What the gate is called in reports, e.g. lint")
    command: str = Field(min_length=1, description="A shell command, run in the repo's directory")
    timeout: Seconds = Field(600, description="Seconds until the command is ended and the gate is red")


class RepoConfig(_Model):
    """A workspace name of the column ``repo``: where it lives and how it is checked."""

    path: str = Field(".", description="Directory inside the repository, e.g. apps/api")
    gates: tuple[GateConfig, ...] = Field((), description="Run in this order on every item's commit")


class ModelConfig(_Model):
    """What a model costs, in US dollars per million tokens, and how much it can read."""

    input: float = Field(ge=0, description="Fresh tokens of the prompt")
    cache_write: float = Field(ge=0, description="Tokens of the prompt that are kept for five minutes")
    cache_read: float = Field(ge=0, description="Tokens of the prompt that were kept")
    output: float = Field(ge=0, description="Tokens of the answer")
    window: Tokens = Field(200_000, description="Tokens of prompt and answer together")
    long_prompt: Tokens | None = Field(None, description="A prompt above so many tokens costs more")
    long_factor: float = Field(1.0, ge=1, description="So many times as much")


class AgentConfig(_Model):
    """Who does the items, with which limits for one attempt."""

    kind: Literal["anthropic", "replay"] = Field(
        "anthropic", description="anthropic: the Messages API; replay: recorded model answers, no key needed"
    )
    model: str = Field("claude-opus-5-5", description="Model of the Messages API")
    base_url: str = Field("", description="Another address of the Messages API; empty: the official one")
    api_key_variable: str = Field("ANTHROPIC_API_KEY", description="Environment variable that holds the key")
    recordings: tuple[Path, ...] = Field(
        (), description="For the replay: directories of recordings, the first that has an item wins"
    )
    models: dict[str, ModelConfig] = Field(
        default_factory=dict, description="Prices and windows by model, over those of the shipped table"
    )
    prompt: Path | None = Field(None, description="A prompt template of your own; none: the shipped one")
    max_turns: int = Field(80, gt=0, description="Requests of one attempt")
    max_output_tokens: Tokens = Field(32_000, description="Tokens of one answer")
    max_used: Tokens = Field(400_000, description="Fresh tokens of one attempt")
    max_cost: float = Field(20.0, gt=0, description="US dollars of one attempt")
    timeout: Seconds = Field(3600, description="Wall time of one attempt in seconds")
    command_timeout: Seconds = Field(300, description="Wall time of one command of the agent in seconds")
    context_window: Tokens = Field(
        200_000, description="Tokens; the model's own window where that is smaller"
    )
    compact_at: float = Field(0.6, gt=0, lt=1, description="Share of the window at which to compact")


class SandboxConfig(_Model):
    """What commands of agents and gates may see."""

    kind: Literal["bubblewrap", "none"] = Field(
        "bubblewrap", description="none: commands run unconfined, and every report says so"
    )
    path: tuple[str, ...] = Field((), description="Directories put before PATH inside the sandbox")
    environment: dict[str, str] = Field(
        default_factory=dict,
        description="Variables that all commands of agents and gates see, e.g. cache paths; no secrets",
    )


class HostConfig(_Model):
    """The git host for issues and pull requests."""

    kind: Literal["none", "gitea", "github"] = "none"
    url: str = Field("", description="Address of the host's web page, e.g. https://git.example.org")
    repository: str = Field("", description="owner/name")
    token_variable: str = Field(
        "TASKS_MD_HOST_TOKEN", description="Environment variable that holds the token"
    )


class LockConfig(_Model):
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


class Identity(_Model):
    """Who signs the commits of the orchestrator and of its agents."""

    name: str = Field("tasks-md", min_length=1)
    email: str = Field("tasks-md@localhost", min_length=3)


class RunConfig(_Model):
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
    agent: AgentConfig = AgentConfig()
    sandbox: SandboxConfig = SandboxConfig()
    lock: LockConfig = LockConfig()
    host: HostConfig = HostConfig()
    identity: Identity = Identity()

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


def load_config(path: Path) -> RunConfig:
    """Read a configuration file; paths in it are relative to it.

    Raise ``ConfigError`` with every mistake in it.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from error
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: not TOML: {error}") from error
    try:
        config = RunConfig.model_validate(values)
    except ValidationError as error:
        raise ConfigError(_explain(path, error)) from error
    return _anchored(config, path.resolve().parent)


def _explain(path: Path, error: ValidationError) -> str:
    return "\n".join(
        f"{path}: {'.'.join(str(part) for part in problem['loc']) or 'the file'}: {problem['msg']}"
        for problem in error.errors()
    )


def _anchored(config: RunConfig, root: Path) -> RunConfig:
    """Make relative paths absolute, so that a config means the same in every process of a run."""
    agent = config.agent
    recordings = tuple(root / directory for directory in agent.recordings)
    prompt = root / agent.prompt if agent.prompt else None
    return config.model_copy(
        update={
            "state_dir": root / config.state_dir.expanduser(),
            "agent": agent.model_copy(update={"recordings": recordings, "prompt": prompt}),
            "remote": _anchored_remote(config.remote, root),
        }
    )


def _anchored_remote(remote: str, root: Path) -> str:
    """Make a remote that begins with a dot a path; anything else is git's to understand."""
    return str((root / remote).resolve()) if remote.startswith(".") else remote
