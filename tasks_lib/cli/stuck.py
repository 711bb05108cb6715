"""What cannot run and what would help, as the commands tell programs."""

from collections.abc import Iterable

from tasks_lib.planning.causes import Stuck
from tasks_lib.planning.mends import Mend


def stuck_as_json(stuck: Iterable[Stuck], mends: Iterable[Mend]) -> dict[str, object]:
    """Return ``stuck``: each item with its chain of causes, and ``mends``: the edit that frees most first."""
    return {
        "stuck": [{"item": each.item, "chain": each.chain, "reason": str(each)} for each in stuck],
        "mends": [{"root": mend.root, "frees": mend.frees, "edit": mend.edit} for mend in mends],
    }
