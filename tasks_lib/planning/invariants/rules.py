"""The invariants by name, and the walk over a history that finds where they are broken."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from tasks_lib.backlog.model import Item
from tasks_lib.planning.invariants import rows
from tasks_lib.planning.invariants.cells import foreign_changes
from tasks_lib.planning.invariants.commits import PLANNED, REGULAR, Change, PersonsVersion, StatusCommit
from tasks_lib.planning.invariants.past import Past, Step


@dataclass(frozen=True, slots=True)
class Invariant:
    """A stable name, the sentence that must be true, and what finds where it is not."""

    name: str
    sentence: str
    faults: Callable[[Step], Iterable[str]]


@dataclass(frozen=True, slots=True)
class Violation:
    """A commit that breaks an invariant; ``message`` says how."""

    sha: str
    subject: str
    invariant: str
    message: str


def violations(
    versions: Iterable[StatusCommit | PersonsVersion], unpublished: Callable[[Item], str] | None = None
) -> Iterator[Violation]:
    """Yield what is wrong in a history, oldest first; the versions come parents first.

    People's versions are not judged, but a run may have seen a phase over in one of them.

    ``unpublished`` says what is missing on the remote of an item that is said to be done, an empty string
    when nothing is; without it that is not looked at.
    """
    past = Past(unpublished or (lambda _: ""))
    for version in versions:
        if isinstance(version, PersonsVersion):
            past.see(version)
            continue
        step = past.step(version)
        for invariant in INVARIANTS:
            for message in invariant.faults(step):
                yield Violation(version.sha, version.subject, invariant.name, message)


def _one_file(step: Step) -> Iterator[str]:
    commit = step.commit
    if commit.parents != 1:
        yield f"it has {commit.parents} parents"
    elif len(commit.paths) != 1 or commit.before is None or commit.after is None:
        yield f"it changes, makes or deletes {', '.join(commit.paths[:5]) or 'nothing'}"
    else:
        for when, mode in (("before", commit.before.mode), ("now", commit.after.mode)):
            if mode != REGULAR:
                yield f"{commit.path} is no regular file of mode 644 {when}, but {mode}"


def _readable(step: Step) -> Iterator[str]:
    if step.before.fault:
        yield f"it was made on a file that cannot be read: {step.before.fault}"
    if step.after.fault:
        yield f"its file cannot be read: {step.after.fault}"


def _unique_operation(step: Step) -> Iterator[str]:
    if step.twin:
        yield f"the operation {step.commit.operation} is that of {step.twin[:10]} too"


def _planned_cells(step: Step) -> Iterator[str]:
    before, after = step.commit.before, step.commit.after
    if before and after and step.before.backlog and step.after.backlog:
        yield from foreign_changes(before.data, after.data)


def _for_rows(name: str, sentence: str, fault: Callable[[Change], str]) -> Invariant:
    """Make an invariant of a rule about single rows."""
    return Invariant(name, sentence, lambda step: filter(None, map(fault, step.changes)))


INVARIANTS = (
    Invariant("one-file", "It has one parent and changes one regular file, the tracking file.", _one_file),
    Invariant("readable", "It is made on a file that can be read, and leaves one.", _readable),
    Invariant("unique-operation", "No two status commits are of one operation.", _unique_operation),
    Invariant("planned-cells", f"It changes nothing but cells of {', '.join(PLANNED)}.", _planned_cells),
    _for_rows("done-stays", "What is done stays done.", rows.done_stays),
    _for_rows("begun-first", "An item is begun before anything else is written of it.", rows.begun_first),
    _for_rows("dependencies-first", "An item begins after all it depends on.", rows.dependencies_first),
    _for_rows("phases-in-order", "An item begins after all earlier phases were over.", rows.phases_in_order),
    _for_rows("one-live-run", "A run that another one took over from writes no more.", rows.one_live_run),
    _for_rows("times-in-order", "No item is completed before it is started.", rows.times_in_order),
    _for_rows("used-grows", "From its beginning on, what an item used only grows.", rows.used_grows),
    _for_rows("people-win", "What a person wrote into a begun item is not overwritten.", rows.people_win),
    _for_rows("published", "The commit of a done item is on its branch and merged.", rows.published),
)
"""All of them, in the order in which they are looked at; each sentence is about a status commit."""
