"""Any command as an agent: a prompt goes in, work and a result come out."""

from tasks_lib.agents.command.agent import CommandAgent

__all__ = ["CommandAgent"]
