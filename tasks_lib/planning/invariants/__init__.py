"""What holds on every commit that the orchestrator makes on a tracking branch. Pure: versions in, faults out.

People may do anything to the file at any time, so only the orchestrator's commits (*status commits*) are
judged, each against its own parent and against what earlier ones wrote. That ``blocks`` stays the inverse of
``depends_on`` as far as people made it so follows from ``planned-cells``: neither column is ever written.
"""

from tasks_lib.planning.invariants.commits import PersonsVersion, Snapshot, StatusCommit
from tasks_lib.planning.invariants.rules import INVARIANTS, Invariant, Violation, violations

__all__ = [
    "INVARIANTS",
    "Invariant",
    "PersonsVersion",
    "Snapshot",
    "StatusCommit",
    "Violation",
    "violations",
]
