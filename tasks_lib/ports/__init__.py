"""What the rooms with walls to the outside promise, and the plain data that crosses them.

The pure rooms know nothing else of agents, gates, git and hosts.
"""

from tasks_lib.ports.clipping import clip
from tasks_lib.ports.data import (
    Attempt,
    Brief,
    Cause,
    Claim,
    ClaimStatus,
    Edits,
    Ending,
    Finished,
    Harvest,
    Integrated,
    Outcome,
    Shell,
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
from tasks_lib.ports.spending import Spending
from tasks_lib.usage import Usage

__all__ = [
    "Agent",
    "Attempt",
    "Brief",
    "Cause",
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
    "Spending",
    "Toolbox",
    "Usage",
    "Verdict",
    "Work",
    "Workspace",
    "Workspaces",
    "clip",
]
