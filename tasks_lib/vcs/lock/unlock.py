"""Taking a lock away from a run, on a person's word."""

import time
from collections.abc import Callable
from contextlib import nullcontext

from tasks_lib.config import RunConfig
from tasks_lib.errors import LockHeld
from tasks_lib.planning.lease import Standing
from tasks_lib.vcs.lock.fence import Fence
from tasks_lib.vcs.lock.place import LockPlace
from tasks_lib.vcs.lock.ref import Seen

_RUN = "tasks-md unlock"
_LOOKS = 20
"""How often to look within a lease."""


def unlock(config: RunConfig, *, force: bool, say: Callable[[str], None]) -> None:
    """Release the lock of a run that is dead; say who held it.

    Raise ``LockHeld`` when the run is alive: it is on this machine, or its lock moves. With ``force`` take
    the lock away all the same, and without waiting; the run ends as soon as it wants to write. Raise a
    ``LedgerError`` when the remote does not answer or refuses.
    """
    place = LockPlace(config)
    by_ref = config.lock.kind == "ref"
    # A run that is alive on this machine cannot be made to leave its seat, only to lose the ref.
    seat = nullcontext() if force and by_ref else place.seat.taken(place.holder(_RUN))
    last = place.seat.holder
    with seat:
        if by_ref:
            _release(place, force=force, say=say)
        else:
            say(f"Nobody on this machine works on {place.ref.what}; the last was {last}.")


def _release(place: LockPlace, *, force: bool, say: Callable[[str], None]) -> None:
    seen = place.ref.look()
    if not seen.held:
        say(f"Nobody holds the lock of {place.ref.what}.")
        return
    say(f"The lock of {place.ref.what} is held by {seen.holder}.")
    if not force:
        seen = _seen_dead(place, seen, say)
    Fence(place.mirror, place.ref, seen, place.holder(_RUN)).release()
    say("Unlocked.")


def _seen_dead(place: LockPlace, first: Seen, say: Callable[[str], None]) -> Seen:
    """Watch the lock until its lease is over; raise ``LockHeld`` when it moves."""
    lookout = place.lookout()
    seen, standing = lookout.look()
    lease = lookout.lease_of(seen)
    if standing is Standing.HELD:
        say(f"Watching for {lease:g} s whether it moves (--force does not wait) ...")
    while standing is Standing.HELD and seen.sha == first.sha:
        time.sleep(lease / _LOOKS)
        seen, standing = lookout.look()
    if seen.held and seen.sha != first.sha:
        raise LockHeld(f"it moves, so that run is alive: {seen.holder}. End it there, or use --force")
    return seen
