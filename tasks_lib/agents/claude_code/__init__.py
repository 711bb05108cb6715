"""Claude Code as an agent: the command ``claude``, headless, in the sandbox, without key and network."""

from tasks_lib.agents.claude_code.agent import ClaudeCodeAgent

__all__ = ["ClaudeCodeAgent"]
