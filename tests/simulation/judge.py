"""What must be true of the tracking branch: the product's invariants, and that people lose nothing."""

import re
from collections.abc import Callable, Iterator

from tasks_lib.backlog.model import Item, ItemStatus
from tasks_lib.planning.invariants import PersonsVersion, Snapshot, StatusCommit, violations
from tests.simulation import witness
from tests.simulation.day import Day
from tests.simulation.remote import INTEGRATION, MAIN, Commit
from tests.simulation.text import soundly
from tests.simulation.versions import by_runs, changed_rows
from tests.simulation.work import branch_of, merge_of

_MARK = re.compile(rb"~[0-9]+~")
_PATH = "docs/tasks.md"

Rule = Callable[[Day], Iterator[str]]


def faults(day: Day) -> list[str]:
    """Return what is wrong with a day that is over; each begins with the name of the rule."""
    rules = (*RULES, *witness.RULES)
    return [f"{rule.__name__.replace('_', '-')}: {what}" for rule in rules for what in rule(day)]


def invariants(day: Day) -> Iterator[str]:
    """Every status commit keeps what ``tasks-md verify`` checks."""
    for found in violations(_versions(day), lambda item: _unpublished(day, item)):
        yield f"{found.invariant}: {found.message} ({found.subject})"


def nothing_lost(day: Day) -> Iterator[str]:
    """What people wrote outside of the planned cells is in the next version too."""
    for landing, before, after in by_runs(day):
        lost = set(_MARK.findall(before.text or b"")) - set(_MARK.findall(after.text or b""))
        if lost:
            yield f"{landing.who} loses {sorted(lost)} in {after.subject!r}"


def nothing_rewritten(day: Day) -> Iterator[str]:
    """What was once on the tracking branch stays in its history."""
    tip = day.remote.refs[MAIN]
    for landing in day.remote.landings:
        if not day.remote.is_ancestor(landing.after[MAIN], tip):
            yield f"{landing.after[MAIN]}, pushed by {landing.who}, is not in the history any more"


def begun_from_what_may_begin(day: Day) -> Iterator[str]:
    """What is done, failed or blocked is begun only where a person asked for it."""
    again = {run.process.name: run.again for run in day.runs}
    for landing, before, after in by_runs(day):
        for old, new in changed_rows(before, after):
            waits = old.status in {ItemStatus.NOT_STARTED, ItemStatus.IN_PROGRESS}
            if new.status is ItemStatus.IN_PROGRESS and not waits and new.id not in again[landing.who]:
                yield f"{landing.who} begins {new.id}, which is {old.status}"


def published_first(day: Day) -> Iterator[str]:
    """When a row turns done its work is on the remote already, and what is there is never called undone."""
    for landing, before, after in by_runs(day):
        for old, new in changed_rows(before, after):
            merge = merge_of(day.remote, landing.after[INTEGRATION], new.id)
            if new.done and not old.done and merge is None:
                yield f"{landing.who} records {new.id} as done before it is published"
            undone = old.status is ItemStatus.IN_PROGRESS and new.status in _UNDONE
            if undone and merge is not None and merge.run == landing.who:
                yield f"{landing.who} makes {new.id} {new.status} although it published it"


_UNDONE = {ItemStatus.NOT_STARTED, ItemStatus.FAILED, ItemStatus.BLOCKED}


def finished(day: Day) -> Iterator[str]:
    """Once people have reopened what failed and a calm run has passed, everything is done."""
    backlog = soundly(day.remote.commits[day.remote.refs[MAIN]].text)
    for item in backlog or ():
        if not item.done:
            yield f"{item.id} is {item.status} for ever"
    if backlog is None:
        yield "the file cannot be read"


RULES: tuple[Rule, ...] = (
    invariants,
    nothing_lost,
    nothing_rewritten,
    begun_from_what_may_begin,
    published_first,
    finished,
)


def _versions(day: Day) -> Iterator[StatusCommit | PersonsVersion]:
    line = list(day.remote.line(day.remote.refs[MAIN]))[::-1]
    for made in line:
        after = _snapshot(made)
        if made.operation:
            before = _snapshot(day.remote.commits[made.parents[0]])
            facts = (made.sha, made.subject, made.operation, made.run, len(made.parents))
            yield StatusCommit(*facts, (_PATH,), _PATH, before, after)
        elif after:
            yield PersonsVersion(_PATH, after)


def _snapshot(made: Commit) -> Snapshot | None:
    return None if made.text is None else Snapshot("100644", made.text)


def _unpublished(day: Day, item: Item) -> str:
    refs = day.remote.refs
    merge = merge_of(day.remote, refs[INTEGRATION], item.id)
    if merge is None:
        return "no merge of it is on the integration branch"
    tip = refs.get(branch_of(item), "")
    return "" if tip and day.remote.is_ancestor(merge.parents[1], tip) else "its commit is on no branch"
