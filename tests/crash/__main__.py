"""Kill on demand, as often as wanted, and print what became of it.

At random moments, around every call of git of one run, or in the middle of git and of the program itself::

    python -m tests.crash --kills 1000 --seed 1
    python -m tests.crash --calls
    python -m tests.crash --strace --kills 200
"""

import argparse
import shutil
import sys
from collections.abc import Iterator
from itertools import count
from random import Random

from tests.crash.deaths import AtCall, AtSyscall, Death, InCall
from tests.crash.story import Tally, calls_of_a_whole_run, killed_at_random, killed_once

SYSCALLS = ("write", "rename", "fsync", "connect", "openat", "unlink")
"""What leaves something behind, or reaches somebody else."""
SUMS = ("stories", "lives", "died", "items", "edits", "begun_again", "adopted")


def at_random(kills: int, seed: int) -> Iterator[Tally]:
    killed = 0
    for number in count(seed * 1_000_000):
        if killed >= kills:
            return
        tally = killed_at_random(number)
        killed += tally.died
        yield tally


def at_every_call() -> Iterator[Tally]:
    for call in range(1, calls_of_a_whole_run() + 1):
        for after in (False, True):
            yield killed_once(AtCall(call, after))


def with_strace(kills: int, seed: int) -> Iterator[Tally]:
    random, calls = Random(seed), calls_of_a_whole_run()  # noqa: S311 - to be repeated, not kept secret
    killed = 0
    while killed < kills:
        syscall, nth = random.choice(SYSCALLS), 1 + int(random.expovariate(0.25))
        inside: Death = InCall(random.randint(1, calls), syscall, nth)
        itself: Death = AtSyscall(syscall, 1 + int(random.expovariate(0.02)))
        tally = killed_once(random.choice((inside, itself)), daemon=True)
        killed += tally.died
        yield tally


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--calls", action="store_true")
    parser.add_argument("--strace", action="store_true")
    return parser


def main() -> int:
    arguments = parser().parse_args()
    if arguments.strace and not shutil.which("strace"):
        say("strace is not installed (on Debian: apt-get install strace); nothing was done")
        return 0
    if arguments.calls:
        return show(at_every_call())
    return show((with_strace if arguments.strace else at_random)(arguments.kills, arguments.seed))


def show(tallies: Iterator[Tally]) -> int:
    """Print the sums after every story, and all that is wrong; return 1 when anything is."""
    total = Tally()
    say("".join(f"{name.replace('_', ' '):>13}" for name in (*SUMS, "faults")))
    for tally in tallies:
        total.add(tally)
        say("".join(f"{value:13}" for value in (*(getattr(total, name) for name in SUMS), len(total.faults))))
        for fault in tally.faults:
            say(fault)
    return 1 if total.faults else 0


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
