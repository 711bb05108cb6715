"""The kinds of agents: ours and anybody else's, registered the same way.

A kind is an entry point of the group ``tasks_md.agents``: its name is what ``agent.kind`` says, and it leads
to a function that takes an ``Equipment`` and returns an ``Agent``. Only the one that is used is loaded.
"""

from collections.abc import Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import Final

from tasks_lib.agents.equipment import Equipment
from tasks_lib.errors import ConfigError
from tasks_lib.ports import Agent

GROUP: Final = "tasks_md.agents"


def make_agent(equipment: Equipment) -> Agent:
    """Return an agent of the configured kind.

    Raise ``ConfigError`` when the kind is not known, registered twice or cannot be loaded, and as its maker
    does when the rest of the configuration does not fit it.
    """
    kind = equipment.config.agent.kind
    known = kinds()
    if kind not in known:
        raise ConfigError(_unknown(kind, known))
    entry = known[kind]
    try:
        make = entry.load()
    except (ImportError, AttributeError) as error:
        raise ConfigError(f'agent.kind: "{kind}" cannot be loaded from {entry.value}: {error}') from error
    agent: Agent = make(equipment)
    return agent


def kinds() -> Mapping[str, EntryPoint]:
    """Return what is registered, by kind; raise ``ConfigError`` when two packages want one name."""
    found: dict[str, EntryPoint] = {}
    for entry in entry_points(group=GROUP):
        if found.setdefault(entry.name, entry).value != entry.value:
            both = f"{found[entry.name].value} and {entry.value}"
            raise ConfigError(f'agent.kind: "{entry.name}" is registered twice, by {both}: uninstall one')
    return found


def _unknown(kind: str, known: Mapping[str, EntryPoint]) -> str:
    if not known:
        anew = "python -m pip install --no-deps -e ."
        return f"agent.kind: no agents are registered; an older installation is in use: renew it ({anew})"
    names = ", ".join(f'"{name}"' for name in sorted(known))
    return (
        f'agent.kind: "{kind}" is not known; known are {names}. One of your own is a line in the group '
        f"{GROUP} of your package's entry points, see docs/agents.md"
    )
