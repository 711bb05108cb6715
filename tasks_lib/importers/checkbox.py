"""Checkbox lists, spec-kit's ``tasks.md`` among them: ``- [ ] T001 [P] [US1] Write the model``.

Where items carry such ids, order means something: ``[P]`` items may run beside each other, any other item
waits for all before it in its phase and holds up all after it. Plain lists state no order, so their items are
independent. An item with indented boxes below it waits for those and never the other way round: in the order
they come before it, and they take over what it would have waited for.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from tasks_lib.backlog.model import ItemStatus
from tasks_lib.backlog.regions import fence, fence_opens
from tasks_lib.importers.drafts import Draft, Files, Imported, Losses, one_line

_BOX = re.compile(
    r"(?P<indent>[ \t]*)(?:[-*+]|[0-9]{1,9}[.)])[ \t]+\[(?P<mark>[^\]\n]{1,2})\][ \t]+(?P<text>\S.*)"
)
_KEY = re.compile(r"(?:\*\*)?(?P<key>[A-Z]{1,10}-?[0-9]{1,6})(?:\*\*)?[:.]?\s+(?P<rest>.*)")
_PARALLEL = re.compile(r"\[P\]\s*")
_NAMED = re.compile(r"\((?:depends on|requires|after|blocked by):?\s+(?P<keys>[^()]*)\)", re.IGNORECASE)
_HEADING = re.compile(r"(#{1,6})[ \t]+(.*)")
_NUMBERED = re.compile(r"(?:phase|stage|step)\s+[0-9]+\s*[:.–—-]?\s*", re.IGNORECASE)  # noqa: RUF001 dashes of all kinds

_MARKS = {
    " ": ItemStatus.NOT_STARTED,
    "x": ItemStatus.DONE,
    "~": ItemStatus.IN_PROGRESS,
    "/": ItemStatus.IN_PROGRESS,
    "!": ItemStatus.BLOCKED,
}
_PHASE_LEVEL = 2
"""Headings deeper than this divide a phase; they do not begin one."""


@dataclass(slots=True)
class _Box:
    """A box as it stands in the file, ``children`` directly under it."""

    draft: Draft
    indent: int
    parallel: bool
    ordered: bool
    parent: "_Box | None" = None
    children: list["_Box"] = field(default_factory=list)


def read(files: Files) -> Imported:
    """Read every box of every file, in order."""
    losses = Losses()
    drafts: list[Draft] = []
    for text in files.values():
        boxes = _nested(list(_boxes(text, len(drafts), losses)))
        if boxes and not any(box.ordered for box in boxes):
            losses.note("an order: the list states none, its items are independent", boxes[0].draft.key)
        _put_in_order(_children_first(boxes), losses)
        drafts += [box.draft for box in boxes]
    return Imported(tuple(drafts), losses.found())


def _boxes(text: str, count: int, losses: Losses) -> Iterator[_Box]:
    phase = key = ""
    apart = False
    for line in _outside_fences(text.splitlines()):
        if heading := _HEADING.fullmatch(line):
            key = ""
            if len(heading[1]) <= _PHASE_LEVEL:
                phase = _NUMBERED.sub("", heading[2].strip(" \t#"), count=1)
        elif found := _BOX.fullmatch(line):
            count += 1
            box = _box(found, phase, count, losses)
            key = box.draft.key
            yield box
        elif not line.strip():
            apart = True
            continue
        elif apart and not line[0].isspace():
            key = ""
        elif key:
            losses.note("lines of text below a box", key)
        apart = False


def _box(found: re.Match[str], phase: str, count: int, losses: Losses) -> _Box:
    named = _KEY.fullmatch(found["text"])
    key, text = (named["key"], named["rest"]) if named else (str(count), found["text"])
    status = _MARKS.get(found["mark"].lower())
    if status is None:
        losses.note(f"the mark [{found['mark']}]", key)
    depends_on = tuple(
        each for words in _NAMED.finditer(text) for each in re.findall(r"[\w.-]+", words["keys"])
    )
    description = one_line(_PARALLEL.sub("", text, count=1))
    draft = Draft(key, description, status or ItemStatus.NOT_STARTED, phase, depends_on)
    indent = len(found["indent"].expandtabs(4))
    return _Box(draft, indent, parallel=bool(_PARALLEL.match(text)), ordered=bool(named))


def _outside_fences(lines: list[str]) -> Iterator[str]:
    """Yield the lines, of each code fence the first one only."""
    place = 0
    while place < len(lines):
        run = fence_opens(lines[place].lstrip())
        if run:
            yield lines[place]
            place, _ = fence(lines, place, run, 0)
        else:
            yield lines[place]
            place += 1


def _nested(boxes: list[_Box]) -> list[_Box]:
    """Tell each box which boxes stand directly under it; a new phase ends all nesting."""
    above: list[_Box] = []
    for box in boxes:
        while above and (above[-1].indent >= box.indent or above[-1].draft.phase != box.draft.phase):
            above.pop()
        if above:
            box.parent = above[-1]
            box.parent.children.append(box)
        above.append(box)
    return boxes


def _children_first(boxes: list[_Box]) -> list[_Box]:
    """Return the boxes as they stand in the file, but each one after all that are nested in it."""
    work = [box for box in boxes if box.parent is None]
    backwards: list[_Box] = []
    while work:
        box = work.pop()
        backwards.append(box)
        work += box.children
    return backwards[::-1]


def _put_in_order(boxes: list[_Box], losses: Losses) -> None:
    """Turn the order of the items that carry ids into dependencies."""
    phase: str | None = None
    barrier: tuple[str, ...] = ()
    beside: list[str] = []
    for box in boxes:
        if box.draft.phase != phase:
            phase, barrier, beside = box.draft.phase, (), []
        before: tuple[str, ...] = ()
        if box.ordered and box.parallel:
            before = barrier
            beside.append(box.draft.key)
        elif box.ordered:
            before, barrier, beside = tuple(beside) or barrier, (box.draft.key,), []
        children = (child.draft.key for child in box.children)
        needed = dict.fromkeys((*_named_needs(box, losses), *children, *before))
        box.draft = replace(box.draft, depends_on=tuple(needed))


def _named_needs(box: _Box, losses: Losses) -> Iterator[str]:
    """Yield what the text says that the box waits for, but for the boxes that it is nested in."""
    around, outer = set[str](), box.parent if box.draft.depends_on else None
    while outer:
        around.add(outer.draft.key)
        outer = outer.parent
    for key in box.draft.depends_on:
        if key in around:
            losses.note("dependencies on a box around it", f"{box.draft.key} on {key}")
        else:
            yield key
