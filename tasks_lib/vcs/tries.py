"""Trying again while others write too: by a budget of time, with full jitter."""

import random
import time
from collections.abc import Iterator

_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 2.0


def tries(budget: float) -> Iterator[int]:
    """Count tries from 0, pausing at random between them, until the budget in seconds is used up.

    There is always a first one. The number of tries is not limited: one commit was seen to need 121.
    """
    end = time.monotonic() + budget
    jitter = random.SystemRandom()
    count = 0
    while True:
        yield count
        pause = jitter.uniform(0, min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** min(count, 10)))
        if time.monotonic() + pause > end:
            return
        time.sleep(pause)
        count += 1
