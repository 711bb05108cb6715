"""The quality checks: commands that must exit 0, run by us on exactly the commit that will be pushed.

With the set-up of the checkouts that they, and the agents, work in.
"""

from tasks_lib.gates.bench import Workshop
from tasks_lib.gates.commands import CommandGates, Tips
from tasks_lib.gates.places import Places
from tasks_lib.gates.setup import Base, SetUps

__all__ = ["Base", "CommandGates", "Places", "SetUps", "Tips", "Workshop"]
