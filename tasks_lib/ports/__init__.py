"""What the rooms with walls to the outside promise, and the plain data that crosses them.

The pure rooms know nothing else of agents, gates, git and hosts.
"""

from tasks_lib.ports.clipping import clip
from tasks_lib.ports.data import (
    Attempt,
    Brief,
    Claim,
    ClaimStatus,
    Edits,
    Ending,
    Finished,
    Harvest,
    Integrated,
    Outcome,
    Shell,
    Usage,
    Verdict,
    Work,
    Workspace,
)
from tasks_lib.ports.leash import Leash
from tasks_lib.ports.protocols import (
    Agent,
    Gates,
    GitHost,
    Hear,
    Ledger,
    Lock,
    Sandbox,
    Say,
    Toolbox,
    Workspaces,
)

__all__ = [
    "Agent",
    "Attempt",
    "Brief",
    "Claim",
    "ClaimStatus",
    "Edits",
    "Ending",
    "Finished",
    "Gates",
    "GitHost",
    "Harvest",
    "Hear",
    "Integrated",
    "Leash",
    "Ledger",
    "Lock",
    "Outcome",
    "Sandbox",
    "Say",
    "Shell",
    "Toolbox",
    "Usage",
    "Verdict",
    "Work",
    "Workspace",
    "Workspaces",
    "clip",
]
