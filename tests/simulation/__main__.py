"""Live many histories: ``python -m tests.simulation --histories 1500 --seed 0``."""

import sys
import time
from argparse import ArgumentParser
from collections.abc import Sequence

from tests.simulation.history import BUGS, History, failing
from tests.simulation.run import Parts


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the seeds that fail and the steps of the shortest of their histories; 1 when there is one."""
    parser = ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--histories", type=int, default=200, help="how many (%(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="the first one's number (%(default)s)")
    parser.add_argument("--bug", choices=sorted(BUGS), help="seed a bug into the runs")
    given = parser.parse_args(arguments)
    began = time.perf_counter()
    found = []
    for history in failing(given.seed, given.histories, BUGS.get(given.bug, Parts)):
        _say(f"seed {history.seed}: {history.faults[0]}")
        found.append(history)
    if found:
        _say(_told(min(found, key=lambda history: len(history.steps))))
    seconds = time.perf_counter() - began
    _say(f"{given.histories} histories from seed {given.seed}, {len(found)} failed; {seconds:.1f} s")
    return 1 if found else 0


def _told(history: History) -> str:
    title = f"\nThe shortest, seed {history.seed}, {len(history.steps)} steps:"
    return "\n".join([title, *history.steps, "", *history.faults, ""])


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())
