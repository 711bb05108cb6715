"""What must be true of runs and their lock: seen by a witness who knows when each process lived and slept."""

import re
from collections.abc import Iterator
from itertools import combinations, pairwise

from tasks_lib.backlog.model import Item, ItemId, ItemStatus
from tasks_lib.ports import Ending
from tasks_lib.vcs.lock.holder import Holder
from tests.simulation.day import Day
from tests.simulation.item import PATIENCE
from tests.simulation.remote import INTEGRATION, LOCK, MAIN, Landing
from tests.simulation.run import Run
from tests.simulation.text import soundly
from tests.simulation.versions import begins, by_runs, changed_rows
from tests.simulation.work import branch_of, merge_of
from tests.simulation.world import Outage


def one_writer(day: Day) -> Iterator[str]:
    """A run writes no more once another one has written."""
    over: set[str] = set()
    last = ""
    names = {run.process.name for run in day.runs}
    for landing in day.remote.landings:
        if landing.who in names and (landing.moved(MAIN) or landing.moved(INTEGRATION)):
            if landing.who in over:
                yield f"{landing.who} writes after {last}, at {landing.time:.0f} s"
            if last != landing.who:
                over.add(last)
            last = landing.who


def lock_only_grows(day: Day) -> Iterator[str]:
    """Each lock comes after the one before, and no lock ever comes back."""
    for landing, old, new in _moves(day):
        if new is None:
            yield f"{landing.who} deletes the lock"
        elif old and (new.epoch, new.beat) <= (old.epoch, old.beat) and new.run != "unlock":
            yield f"{landing.who} sets the lock back to epoch {new.epoch}, beat {new.beat}"


def nobody_alive_robbed(day: Day) -> Iterator[str]:
    """A lock is taken only from the dead, the frozen and those who were cut off."""
    since = 0.0
    runs = {run.process.name: run.process for run in day.runs}
    for landing, old, new in _moves(day):
        taken = old and new and old.run != new.run and not old.released and landing.who in runs
        holder = runs.get(old.run) if old else None
        if taken and holder and (holder.died is None or holder.died > landing.time):
            asleep = [*(Outage(*span) for span in holder.frozen), *day.world.away]
            if not any(
                outage.meets(since, landing.time) and outage.hits(holder.machine) for outage in asleep
            ):
                yield f"{landing.who} takes the lock of {holder.name}, which is alive"
        since = landing.time


def lost_to_somebody(day: Day) -> Iterator[str]:
    """A run loses its lock to somebody, never to itself."""
    lost = [
        (landing.time, old.run)
        for landing, old, new in _moves(day)
        if old and (new is None or new.run != old.run)
    ]
    for run in day.runs:
        died = run.process.died or 0
        if run.ending == "LockLost" and not any(
            (time <= died and name == run.process.name) for time, name in lost
        ):
            yield f"{run.process.name} gives up a lock that nobody took"


def done_once(day: Day) -> Iterator[str]:
    """An item is merged again only when a person had a hand in it, or asked for it."""
    merges: dict[str, list[tuple[Landing, str]]] = {}
    for landing in day.remote.landings:
        made = day.remote.commits[landing.after[INTEGRATION]]
        if landing.moved(INTEGRATION) and made.item:
            merges.setdefault(made.item, []).append((landing, made.run))
    for item, found in merges.items():
        for (first, run), (second, _) in pairwise(found):
            begun = _begun(day, run, item)
            if not any(begun < landing.time <= second.time for landing in _touched(day, item)):
                yield f"{item} is merged by {first.who} and again by {second.who}"


def _begun(day: Day, run: str, item: str) -> float:
    return max(
        (job.begin for each in day.runs for job in each.jobs if _is(job.item, item, each, run)), default=0
    )


def _is(found: Item, item: str, run: Run, name: str) -> bool:
    return found.id == item and run.process.name == name


def begun_before_work(day: Day) -> Iterator[str]:
    """An agent works only after its item was pushed as in progress."""
    begun: dict[tuple[str, ItemId], float] = {}
    for landing, before, after in by_runs(day):
        for old, new in changed_rows(before, after):
            if begins(old, new):
                begun.setdefault((landing.who, new.id), landing.time)
    for run in day.runs:
        for job in run.jobs:
            if begun.get((run.process.name, job.item.id), job.begin + 1) > job.begin:
                yield f"an agent of {run.process.name} works on {job.item.id}, which is not begun"


def jobs_apart(day: Day) -> Iterator[str]:
    """A run never has two agents at one item, or at one branch."""
    for run in day.runs:
        for one, other in combinations(run.jobs, 2):
            together = one.begin < other.over and other.begin < one.over
            if together and branch_of(one.item) == branch_of(other.item):
                yield f"{run.process.name} works on {one.item.id} and {other.item.id} together"


def nothing_left_behind(day: Day) -> Iterator[str]:
    """A run that ends by itself leaves nothing in progress but what a person has changed."""
    for run in day.runs:
        over = run.process.died or 0
        cut_off = any(outage.meets(over - PATIENCE, over) for outage in day.world.away)
        if run.ending == "finished" or (run.ending == "RunStopped" and not cut_off):
            for item, owner in _at_work(day, over).items():
                if owner == run.process.name or _is_abandoned(day, run, item):
                    yield f"{run.process.name} leaves {item} of {owner} in progress"


def _at_work(day: Day, until: float) -> dict[ItemId, str]:
    """Return what is in progress at a time as a run has begun it, with the name of that run."""
    found: dict[ItemId, str] = {}
    for landing in day.remote.landings:
        if landing.time > until:
            break
        if landing.moved(MAIN):
            made = day.remote.commits[landing.after[MAIN]]
            for old, new in changed_rows(day.remote.commits[made.parents[0]], made):
                if made.run and begins(old, new):
                    found[new.id] = made.run
                elif made.run != found.get(new.id) or new.status is not ItemStatus.IN_PROGRESS:
                    found.pop(new.id, None)
            gone = soundly(made.text)
            found = {item: run for item, run in found.items() if gone is None or item in gone}
    return found


def _is_abandoned(day: Day, run: Run, item: ItemId) -> bool:
    """Tell whether a run saw at its end what a dead one left; what is published only has to be recorded."""
    before = [landing for landing in day.remote.landings if landing.time <= (run.process.died or 0)]
    seen = item in run.backlog and run.backlog[item].status is ItemStatus.IN_PROGRESS
    published = merge_of(day.remote, before[-1].after[INTEGRATION], item)
    return seen and item not in run.attempted and published is None


def failed_for_own_reasons(day: Day) -> Iterator[str]:
    """An item is failed by its own fault, not by the remote's or the lock's."""
    for run in day.runs:
        for outcome in run.outcomes.values():
            if outcome.ending is Ending.FAILED and re.match(
                r"RemoteUnavailable|TrackingFileLost|BacklogError", outcome.notes
            ):
                yield f"{run.process.name} fails {outcome.item}: {outcome.notes}"


def _moves(day: Day) -> Iterator[tuple[Landing, Holder | None, Holder | None]]:
    """Yield the moves of the lock: from which holder to which."""
    for landing in day.remote.landings:
        if landing.moved(LOCK):
            old, new = (refs.get(LOCK, "") for refs in (landing.before, landing.after))
            yield (
                landing,
                day.remote.commits[old].holder if old else None,
                day.remote.commits[new].holder if new else None,
            )


def _touched(day: Day, item: str) -> Iterator[Landing]:
    """Yield the pushes of people who changed the item's status, or removed the row."""
    for landing in day.remote.landings:
        made = day.remote.commits[landing.after[MAIN]]
        if landing.moved(MAIN) and not made.operation:
            old, new = soundly(day.remote.commits[made.parents[0]].text), soundly(made.text)
            before = old[item].status if old and item in old else None
            if before != (new[item].status if new and item in new else None):
                yield landing


RULES = (
    one_writer,
    lock_only_grows,
    nobody_alive_robbed,
    lost_to_somebody,
    done_once,
    begun_before_work,
    jobs_apart,
    nothing_left_behind,
    failed_for_own_reasons,
)
