"""The quality checks: commands that must exit 0, run by us on exactly the commit that will be pushed."""

from tasks_lib.gates.commands import CommandGates

__all__ = ["CommandGates"]
