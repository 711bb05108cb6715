"""The composition root: from a configuration to the live adapters of a run.

Prefect tasks take the configuration and call ``toolbox`` themselves, so that nothing live has to cross
between threads or processes.
"""

import atexit
import os
from contextlib import ExitStack
from functools import lru_cache, partial
from hashlib import sha256
from pathlib import Path

from tasks_lib.agents import REPLAY_LABEL, REPLAYS, Equipment, make_agent
from tasks_lib.config import RunConfig
from tasks_lib.errors import ConfigError
from tasks_lib.gates import Base, CommandGates, Places, SetUps, Tips, Workshop
from tasks_lib.hosts import make_host
from tasks_lib.ports import Agent, Leash, Ledger, Sandbox, Toolbox
from tasks_lib.sandbox import Bounds, BubblewrapSandbox, Network, NoSandbox, Reserve, check_bubblewrap
from tasks_lib.vcs import (
    REQUEST_TRAILER,
    GitLedger,
    GitWorkspaces,
    make_lock,
    open_commit,
    remote_secrets,
    restore,
)
from tasks_lib.vcs.scratch import scratch

SECRET_VARIABLES = ("PREFECT_API_KEY", "PREFECT_API_AUTH_STRING")
"""Variables that hold secrets, besides those that the configuration names."""

_open = ExitStack()
atexit.register(_open.close)
_network = Network(_open)


def toolbox(config: RunConfig, run_id: str, token: str = "") -> Toolbox:
    """Return the adapters of this process for one run; the same ones for the same configuration.

    With the token of its lock they are those of another process of the run, which has joined it.

    Raise ``ConfigError`` when the configuration cannot be used: an empty remote, a missing key; with a token
    also ``LockError`` when the run does not hold its lock any more.
    """
    return _build(config.model_dump_json(), run_id, token)


def persons_ledger(config: RunConfig) -> Ledger:
    """Return a ledger that writes as people do: by ordinary commits, at any time, without the lock.

    Raise ``ConfigError`` when the remote is empty.
    """
    _check_remote(config)
    return GitLedger(config, trailer=REQUEST_TRAILER)


def check_sandbox(config: RunConfig) -> None:
    """Raise ``SandboxMissing`` when the configured sandbox cannot be had: every item would fail of it."""
    if config.sandbox.kind == "bubblewrap":
        check_bubblewrap()


@lru_cache(maxsize=16)
def _build(config_json: str, run_id: str, token: str) -> Toolbox:
    config = RunConfig.model_validate_json(config_json)
    _check_remote(config)
    leash = Leash()
    sandbox = _sandbox(config, leash)
    lock = make_lock(config, run_id, leash.stop)
    if token:
        lock.join(token)
    shop = workshop(config, sandbox)
    workspaces = GitWorkspaces(
        config,
        lock,
        _secrets(config),
        lambda item, workspace: shop.setups.for_agent(config.repo_named(item.repo), workspace),
        _network.doors,
    )
    return Toolbox(
        ledger=GitLedger(config, run_id=run_id, pusher=lock),
        workspaces=workspaces,
        agent=_agent(config, sandbox, leash),
        gates=CommandGates(
            config,
            shop,
            Tips(workspaces.integration_tip, workspaces.base_tip),
        ),
        host=make_host(config.host, config.base_branch),
        lock=lock,
        label=label(config),
        leash=leash,
    )


def label(config: RunConfig) -> str:
    """Return what every report of a run says beside its figures; empty for an ordinary run."""
    parts = {
        REPLAY_LABEL: config.agent.kind in REPLAYS.values(),
        "run without sandbox": config.sandbox.kind == "none",
    }
    return ", ".join(words for words, holds in parts.items() if holds)


def _check_remote(config: RunConfig) -> None:
    if not config.remote:
        raise ConfigError("remote: empty; name the repository that carries the tracking file")


def _agent(config: RunConfig, sandbox: Sandbox, leash: Leash) -> Agent:
    return make_agent(
        Equipment(config, sandbox, transcripts_directory(config), leash, _open, _secrets(config))
    )


def workshop(config: RunConfig, sandbox: Sandbox) -> Workshop:
    """Return what gates and set-ups work with."""
    state = config.state_dir.expanduser()
    places = Places(partial(open_commit, config), lambda: scratch(state / "checkouts", "place-"))
    homes = state / "homes" / sha256(config.remote.encode()).hexdigest()[:16]
    base = Base(GitWorkspaces(config).base_tip, homes)
    setups = SetUps(sandbox, places, base, partial(restore, config), _network.doors)
    return Workshop(sandbox, places, setups, transcripts_directory(config))


def _secrets(config: RunConfig) -> tuple[str, ...]:
    """Return the values that must not leave this machine, as far as we know them."""
    names = (
        config.agent.api_key_variable,
        config.host.token_variable,
        config.alerts.webhook_variable,
        *SECRET_VARIABLES,
    )
    return (*filter(None, map(os.environ.get, names)), *remote_secrets(config.remote))


def transcripts_directory(config: RunConfig) -> Path:
    """Return where the transcripts of all attempts are kept."""
    return config.state_dir / "transcripts"


def _sandbox(config: RunConfig, leash: Leash) -> Sandbox:
    identity = config.identity
    environment = config.sandbox.environment | {
        "GIT_AUTHOR_NAME": identity.name,
        "GIT_AUTHOR_EMAIL": identity.email,
        "GIT_COMMITTER_NAME": identity.name,
        "GIT_COMMITTER_EMAIL": identity.email,
    }
    chosen = config.sandbox
    reserve = Reserve(chosen.disk_reserve << 20, chosen.file_reserve)
    bounds = Bounds.found(chosen.cgroup, chosen.memory, chosen.processes, reserve)
    if chosen.kind == "none":
        return NoSandbox(chosen.path, environment, leash.stop, bounds)
    return BubblewrapSandbox(chosen.path, environment, leash.stop, chosen.uid, bounds)
