"""Agents: whoever does an item. So far one works through the Anthropic Messages API, live or replayed."""

from tasks_lib.agents.anthropic_api import AnthropicAgent
from tasks_lib.agents.prompt import PromptSettings
from tasks_lib.agents.replay import ReplayServer

__all__ = ["AnthropicAgent", "PromptSettings", "ReplayServer"]
