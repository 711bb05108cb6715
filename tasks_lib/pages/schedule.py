"""When which item was at work and when the rest may be, as a Gantt picture."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from tasks_lib.backlog.model import Backlog, ItemStatus
from tasks_lib.pages import keys
from tasks_lib.pages.links import Links
from tasks_lib.pages.markdown import code, page
from tasks_lib.pages.progress import contents
from tasks_lib.planning.plan import make_plan
from tasks_lib.planning.schedule import Slot, schedule
from tasks_lib.planning.words import count

MOST: Final = 250
"""Bars of one picture; more are not told apart."""

_SHORT: Final = timedelta(minutes=10)

_STYLE: Final = """\
---
config:
  gantt:
    useWidth: 600
    fontSize: 16
    sectionFontSize: 16
    barHeight: 26
    barGap: 6
  themeVariables:
    taskTextColor: black
    taskTextLightColor: black
    taskTextDarkColor: black
    taskBkgColor: "#d4d4d4"
    taskBorderColor: "#767676"
    doneTaskBkgColor: "#86cf9b"
    doneTaskBorderColor: "#15803d"
    activeTaskBkgColor: "#7db3f5"
    activeTaskBorderColor: "#2563eb"
    critBkgColor: "#f59a9a"
    critBorderColor: "#dc2626"
---"""
"""Large enough for where the UI shows it, and colours of bars that can be read in both of its themes."""

_LOOKS: Final = {
    ItemStatus.DONE: "done, ",
    ItemStatus.IN_PROGRESS: "active, ",
    ItemStatus.FAILED: "crit, ",
    ItemStatus.BLOCKED: "crit, ",
    ItemStatus.NOT_STARTED: "",
}


def schedule_page(backlog: Backlog, links: Links, *, parallel: int, now: datetime) -> str:
    """Return the page of times; ``parallel`` agents are at work, ``now`` is where the forecast begins."""
    slots = schedule(backlog, make_plan(backlog), parallel=parallel, now=now)
    return page(
        "Schedule",
        contents(links, keys.SCHEDULE),
        "\n".join(_words(slots, now)),
        code(gantt(backlog, slots[:MOST]), "mermaid") if slots else "",
        f"{len(slots) - MOST} later bars are left out." if len(slots) > MOST else "",
    )


def _words(slots: Sequence[Slot], now: datetime) -> Iterator[str]:
    expected = [slot for slot in slots if slot.expected]
    yield f"As of {now:%Y-%m-%d %H:%M} UTC; what ended more than a day before is left out."
    if expected:
        end = max(slot.end for slot in expected)
        yield (
            f"{count(len(expected), 'item')} to come, until about {end:%Y-%m-%d %H:%M} UTC "
            "if they take as long for their size as those that are done."
        )
    elif not slots:
        yield "No item has been timed yet: the first one that is done makes a forecast possible."


def gantt(backlog: Backlog, slots: Sequence[Slot]) -> str:
    """Return a Mermaid gantt chart: a section per phase, dashed by words where a bar is a forecast."""
    lines = [_STYLE, "gantt", "  dateFormat YYYY-MM-DDTHH:mm:ss", f"  axisFormat {_axis(slots)}"]
    for phase in backlog.phases:
        of_phase = [slot for slot in slots if backlog[slot.item].phase == phase.number]
        if of_phase:
            lines.append(f"  section Phase {phase.number}")  # there is no room for more
            lines += [_bar(backlog, slot) for slot in of_phase]
    return "\n".join(lines)


def _bar(backlog: Backlog, slot: Slot) -> str:
    looks = "" if slot.expected else _LOOKS[backlog[slot.item].status]
    # A bar of no length is not drawn.
    end = max(slot.end, slot.start + timedelta(seconds=1))
    name = f"{slot.item} expected" if slot.expected else slot.item
    return f"  {name} :{looks}{slot.start:%Y-%m-%dT%H:%M:%S}, {end:%Y-%m-%dT%H:%M:%S}"


def _axis(slots: Sequence[Slot]) -> str:
    """Return how the axis is written: with days when there are two, with seconds when it is short."""
    begin, end = min(slot.start for slot in slots), max(slot.end for slot in slots)
    if begin.date() != end.date():
        return "%m-%d %H:%M"
    return "%H:%M" if end - begin > _SHORT else "%H:%M:%S"
