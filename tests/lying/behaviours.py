"""Every lie, by its noun."""

from collections.abc import Mapping

from tests.lying.claims import CLAIMS
from tests.lying.judges import JUDGES
from tests.lying.machine import MACHINE
from tests.lying.repository import REPOSITORY
from tests.lying.secrets import SECRETS
from tests.lying.stage import Lie
from tests.lying.tracking import TRACKING

BEHAVIOURS: Mapping[str, tuple[Lie, ...]] = {
    "The work": CLAIMS,
    "The tests": JUDGES,
    "The tracking file": TRACKING,
    "The repository": REPOSITORY,
    "The machine": MACHINE,
    "Secrets": SECRETS,
}
EVERY = tuple(lie for lies in BEHAVIOURS.values() for lie in lies)
