"""Agents: whoever does an item. Each is a kind in the registry, loaded when it is used."""

from tasks_lib.agents.equipment import Equipment
from tasks_lib.agents.registry import make_agent
from tasks_lib.agents.service import REPLAY_LABEL, REPLAYS

__all__ = ["REPLAYS", "REPLAY_LABEL", "Equipment", "make_agent"]
