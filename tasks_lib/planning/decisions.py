"""What a person, or the clock in their place, decides of what waits; as edits of the newest backlog."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from tasks_lib.backlog import format_time
from tasks_lib.backlog.model import Backlog, Item, ItemId, ItemStatus
from tasks_lib.planning.questions import Matter, Question, Stage, phase_asker, waiting
from tasks_lib.planning.words import count, phase_title
from tasks_lib.ports import Edits


@dataclass(frozen=True, slots=True)
class Decisions:
    """Who is approved and who rejected, with the person's note; ids that wait for nothing are passed over."""

    approved: Collection[ItemId] = ()
    rejected: Collection[ItemId] = ()
    note: str = ""

    def __bool__(self) -> bool:
        return bool(self.approved or self.rejected)


def decided(backlog: Backlog, decisions: Decisions, *, now: datetime) -> Edits:
    """Return the cells of the rows that are decided: approved ones may start, rejected ones are failed."""
    cells: dict[ItemId, Mapping[str, str]] = {}
    for item, question in waiting(backlog).items():
        if item in decisions.rejected:
            cells[item] = _rejected(backlog[item], question, decisions.note, now)
        elif item in decisions.approved:
            cells[item] = _approved(question, decisions.note)
    return cells


def _approved(question: Question, note: str) -> Mapping[str, str]:
    return {
        "status": ItemStatus.NOT_STARTED.value,
        "completed_at": "",
        "notes": str(replace(question, stage=Stage.APPROVED, said=note)),
    }


def _rejected(row: Item, question: Question, note: str, now: datetime) -> Mapping[str, str]:
    # What was never begun is not completed either.
    completed = {"completed_at": format_time(max(now, row.started_at))} if row.started_at else {}
    return {
        "status": ItemStatus.FAILED.value,
        **completed,
        "notes": str(replace(question, stage=Stage.REJECTED, said=note)),
    }


def phase_asked(backlog: Backlog, number: int, *, now: datetime) -> Edits:
    """Return the cells that ask for a phase, in the row of its first item; none where they ask already."""
    asker = phase_asker(backlog, number)
    if asker is None:
        return {}
    phase = backlog.phases[number - 1]
    question = Question(
        Matter.PHASE,
        f"{phase_title(number, phase.title)}, {count(len(phase.items), 'item')}",
        str(number),
        now,
    )
    return {asker.id: {"status": ItemStatus.BLOCKED.value, "notes": str(question)}}
