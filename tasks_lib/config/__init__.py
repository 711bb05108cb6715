"""The one configuration: a TOML file (``tasks-md.toml``), and the same model as the flow's form.

Nothing secret belongs here: keys and passwords are read from the environment when they are used, under the
names that this model holds.
"""

from tasks_lib.config.agents import AgentConfig, ModelConfig, Rung
from tasks_lib.config.deployments import AlertsConfig, DeploymentsConfig
from tasks_lib.config.engine import EngineConfig
from tasks_lib.config.load import load_config
from tasks_lib.config.overrides import Overrides
from tasks_lib.config.people import ApprovalConfig, BudgetConfig
from tasks_lib.config.remote import HostConfig, Identity, LockConfig
from tasks_lib.config.repos import GateConfig, RepoConfig, SetupConfig
from tasks_lib.config.review import ReviewConfig
from tasks_lib.config.run import RunConfig, named_repo
from tasks_lib.config.sandbox import SandboxConfig
from tasks_lib.config.terms import Terms

__all__ = [
    "AgentConfig",
    "AlertsConfig",
    "ApprovalConfig",
    "BudgetConfig",
    "DeploymentsConfig",
    "EngineConfig",
    "GateConfig",
    "HostConfig",
    "Identity",
    "LockConfig",
    "ModelConfig",
    "Overrides",
    "RepoConfig",
    "ReviewConfig",
    "RunConfig",
    "Rung",
    "SandboxConfig",
    "SetupConfig",
    "Terms",
    "load_config",
    "named_repo",
]
