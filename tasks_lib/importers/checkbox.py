"""Checkbox lists, spec-kit's ``tasks.md`` among them: ``- [ ] T001 [P] [US1] Write the model``.

Where items carry such ids, order means something: ``[P]`` items may run beside each other, any other item
waits for all before it in its phase and holds up all after it. Plain lists state no order, so their items are
independent. An item with indented boxes below it waits for those.
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
    """A box as it stands in the file; ``before`` are the boxes above it that it is nested in."""

    draft: Draft
    indent: int
    parallel: bool
    ordered: bool
    children: list[str] = field(default_factory=list)


def read(files: Files) -> Imported:
    """Read every box of every file, in order."""
    losses = Losses()
    drafts: list[Draft] = []
    for text in files.values():
        boxes = _nested(list(_boxes(text, len(drafts), losses)))
        if boxes and not any(box.ordered for box in boxes):
            losses.note("an order: the list states none, its items are independent", boxes[0].draft.key)
        drafts += _in_order(boxes)
    return Imported(tuple(drafts), losses.found())


def _boxes(text: str, count: int, losses: Losses) -> Iterator[_Box]:
    phase = ""
    for line in _outside_fences(text.splitlines()):
        if heading := _HEADING.fullmatch(line):
            if len(heading[1]) <= _PHASE_LEVEL:
                phase = _NUMBERED.sub("", heading[2].strip(" \t#"), count=1)
        elif found := _BOX.fullmatch(line):
            count += 1
            yield _box(found, phase, count, losses)


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
    place = 0
    while place < len(lines):
        run = fence_opens(lines[place].lstrip())
        if run:
            place, _ = fence(lines, place, run, 0)
        else:
            yield lines[place]
            place += 1


def _nested(boxes: list[_Box]) -> list[_Box]:
    """Tell each box which boxes stand directly under it."""
    above: list[_Box] = []
    for box in boxes:
        while above and above[-1].indent >= box.indent:
            above.pop()
        if above:
            above[-1].children.append(box.draft.key)
        above.append(box)
    return boxes


def _in_order(boxes: list[_Box]) -> Iterator[Draft]:
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
        needed = dict.fromkeys((*box.draft.depends_on, *box.children, *before))
        yield replace(box.draft, depends_on=tuple(needed))
