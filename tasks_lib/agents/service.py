"""Where the Messages API is, and the key for it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from tasks_lib.config import AgentConfig
from tasks_lib.errors import ConfigError

OFFICIAL = "https://api.anthropic.com"
"""Named here, so that no variable of the environment sends the key elsewhere."""

DOOR = "ANTHROPIC_BASE_URL"
"""The variable in which a program finds the door to the Messages API."""

PLACEHOLDER = {"ANTHROPIC_API_KEY": "added-outside-of-the-sandbox"}
"""What it finds in place of a key: clients start with none only to complain."""

REPLAY_LABEL = "replay"
"""Stands behind figures that no real model gave."""

REPLAY_KEY = "no-key-is-needed-for-recordings"
"""What stands for a key there; like any key it is masked in transcripts, so it must not be a common word."""

REPLAYS: Final[Mapping[str, str]] = MappingProxyType(
    {"anthropic": "replay", "claude-code": "replay-claude-code"}
)
"""The kind that plays recordings to an agent, by the agent's own kind."""


@dataclass(frozen=True, slots=True)
class Service:
    """The Messages API at an address, empty for the official one; ``label`` is shown with agents' names."""

    key: str = field(repr=False)
    url: str = ""
    label: str = ""

    @property
    def address(self) -> str:
        """Where requests go, without a slash at the end."""
        return (self.url or OFFICIAL).rstrip("/")


def served(agent: AgentConfig) -> Service:
    """Return the service that a configuration names; raise ``ConfigError`` when there is no key for it."""
    key = os.environ.get(agent.api_key_variable, "")
    if not key:
        raise ConfigError(
            f"{agent.api_key_variable} is not set: put the key of the Messages API into the environment, "
            'or use agent.kind = "replay"'
        )
    return Service(key, agent.base_url)
