"""The makers of our own agents, as pyproject.toml registers them. Each loads no other's parts."""

from tasks_lib.agents.equipment import Equipment
from tasks_lib.agents.hold import hold_for
from tasks_lib.agents.prompt import PromptSettings
from tasks_lib.agents.service import REPLAY_KEY, REPLAY_LABEL, Service, served
from tasks_lib.ports import Agent


def anthropic(equipment: Equipment) -> Agent:
    """Make the agent that works through the Messages API; raise ``ConfigError`` without a key."""
    return _through_messages_api(equipment, served(equipment.config.agent))


def replay(equipment: Equipment) -> Agent:
    """Make the same agent on recorded answers; raise ``ConfigError`` for recordings that cannot be read."""
    return _through_messages_api(equipment, _replayed(equipment))


def claude_code(equipment: Equipment) -> Agent:
    """Make the agent that lets ``claude`` work; raise ``ConfigError`` without a key or the command."""
    return _by_claude_code(equipment, served(equipment.config.agent))


def replay_claude_code(equipment: Equipment) -> Agent:
    """Make the same agent on recorded answers; raise ``ConfigError`` without them or the command."""
    return _by_claude_code(equipment, _replayed(equipment))


def command(equipment: Equipment) -> Agent:
    """Make the agent that lets any command work; raise ``ConfigError`` without one, or without its key."""
    from tasks_lib.agents.command import CommandAgent

    config = equipment.config.agent
    if not config.messages_api:
        return CommandAgent(equipment)
    service = served(config)
    return CommandAgent(equipment, service, hold=hold_for(service))


def _replayed(equipment: Equipment) -> Service:
    from tasks_lib.agents.replay import ReplayServer

    server = equipment.closing.enter_context(ReplayServer(equipment.config.agent.recordings))
    return Service(REPLAY_KEY, server.url, REPLAY_LABEL)


def _by_claude_code(equipment: Equipment, service: Service) -> Agent:
    from tasks_lib.agents.claude_code import ClaudeCodeAgent
    from tasks_lib.agents.claude_code.program import find_program

    return ClaudeCodeAgent(equipment, service, find_program(), hold=hold_for(service))


def _through_messages_api(equipment: Equipment, service: Service) -> Agent:
    from tasks_lib.agents.anthropic_api import AnthropicAgent

    return AnthropicAgent(
        equipment.config.agent,
        PromptSettings.from_config(equipment.config),
        equipment.sandbox,
        equipment.transcripts,
        api_key=service.key,
        base_url=service.url,
        label=service.label,
        stop=equipment.leash.stop,
        hold=hold_for(service),
        secrets=equipment.secrets,
    )
