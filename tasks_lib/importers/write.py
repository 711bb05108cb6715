"""Drafts to a tracking file: ids, phases and both directions of every dependency."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from graphlib import CycleError, TopologicalSorter

from tasks_lib.backlog.cells import escape
from tasks_lib.backlog.columns import COLUMNS as OURS
from tasks_lib.backlog.figures import format_time, parse_time
from tasks_lib.backlog.model import ItemId
from tasks_lib.importers.drafts import Draft, Imported, Losses

COLUMNS = (*OURS, "origin")
"""Ours, and ``origin``: the id that the row had in its source."""

DEFAULT_PREFIX = "ITEM"
_LETTERS_AND_NUMBER = re.compile(r"([A-Z]+)-?([0-9]+)")


@dataclass(frozen=True, slots=True)
class Written:
    """The file, how many items it holds, and what was lost on the way: sentences."""

    text: str
    items: int
    losses: tuple[str, ...]


def tracking_file(imported: Imported, *, source: str, prefix: str = "") -> Written:
    """Write the drafts as a tracking file with one table per phase.

    Ids that already have our form (``TASK-12``, ``T001``) are kept unless a ``prefix`` is given; otherwise
    items are numbered. ``source`` is named in the file's first lines.
    """
    losses = Losses()
    drafts = _unique(imported.drafts, losses)
    drafts = _known_dependencies(drafts, losses)
    phases = _phases(drafts, losses)
    ids = _ids([draft for _, group in phases for draft in group], prefix)
    blocks = _blocks(drafts, ids)
    lines = ["# Work list", "", f"Imported from {source}; the column `origin` holds the ids used there."]
    for number, (title, group) in enumerate(phases, 1):
        heading = f"## Phase {number} - {title}" if title else "## Items"
        rows = (_row(_cells(draft, ids, blocks, losses)) for draft in group)
        lines += ["", heading, "", _row(COLUMNS), "|" + "---|" * len(COLUMNS), *rows]
    sentences = [
        _sentence(what, keys) for each in (imported.losses, losses.found()) for what, keys in each.items()
    ]
    return Written("\n".join(lines) + "\n", len(drafts), tuple(sentences))


def _unique(drafts: Iterable[Draft], losses: Losses) -> list[Draft]:
    """Give the second of two drafts with one key another one; what depends on the key means the first."""
    found: dict[str, Draft] = {}
    times: dict[str, int] = defaultdict(int)
    for draft in drafts:
        times[draft.key] += 1
        if times[draft.key] == 1 and draft.key not in found:
            found[draft.key] = draft
        else:
            losses.note("ids that occur twice: dependencies mean the first", draft.key)
            key = f"{draft.key} (line {len(found) + 1})"
            found[key] = replace(draft, key=key)
    return list(found.values())


def _known_dependencies(drafts: Sequence[Draft], losses: Losses) -> list[Draft]:
    keys = {draft.key for draft in drafts}
    known = []
    for draft in drafts:
        needs = tuple(key for key in draft.depends_on if key in keys and key != draft.key)
        for key in draft.depends_on:
            if key == draft.key:
                losses.note("dependencies on themselves", key)
            elif key not in keys:
                losses.note("dependencies on what is not there", f"{draft.key} on {key}")
        known.append(replace(draft, depends_on=needs))
    return known


def _phases(drafts: Sequence[Draft], losses: Losses) -> list[tuple[str, list[Draft]]]:
    """Group the drafts by phase, so that no item depends on a later phase."""
    groups: dict[str, list[Draft]] = {}
    for draft in drafts:
        groups.setdefault(draft.phase, []).append(draft)
    phase_of = {draft.key: draft.phase for draft in drafts}
    before = {
        phase: {phase_of[key] for draft in group for key in draft.depends_on} - {phase}
        for phase, group in groups.items()
    }
    try:
        order = list(TopologicalSorter(before).static_order())
    except CycleError:
        losses.note("the division into phases: they wait for each other", ", ".join(filter(None, groups)))
        return [("", list(drafts))]
    if _in_order(before):
        order = list(groups)
    return [(_title(phase, len(groups)), groups[phase]) for phase in order]


def _in_order(before: Mapping[str, AbstractSet[str]]) -> bool:
    """Tell whether every phase comes after all that it waits for."""
    seen: set[str] = set()
    for phase, waits_for in before.items():
        if not waits_for <= seen:
            return False
        seen.add(phase)
    return True


def _title(phase: str, count: int) -> str:
    title = " ".join(phase.split())
    return title if title or count == 1 else "Other"


def _ids(drafts: Sequence[Draft], prefix: str) -> dict[str, ItemId]:
    own = [_own_id(draft.key) for draft in drafts]
    kept = [each for each in own if each is not None]
    if not prefix and len(set(kept)) == len(drafts):
        return {draft.key: each for draft, each in zip(drafts, kept, strict=True)}
    width = max(3, len(str(len(drafts))))
    name = prefix or DEFAULT_PREFIX
    return {draft.key: ItemId(f"{name}-{number:0{width}}") for number, draft in enumerate(drafts, 1)}


def _own_id(key: str) -> ItemId | None:
    found = _LETTERS_AND_NUMBER.fullmatch(key.upper())
    text = f"{found[1]}-{found[2]}" if found else key.upper()
    return ItemId(text) if ItemId.matches(text) else None


def _blocks(drafts: Iterable[Draft], ids: dict[str, ItemId]) -> dict[str, list[ItemId]]:
    blocks: dict[str, list[ItemId]] = defaultdict(list)
    for draft in drafts:
        for key in draft.depends_on:
            blocks[key].append(ids[draft.key])
    return blocks


def _cells(
    draft: Draft, ids: dict[str, ItemId], blocks: dict[str, list[ItemId]], losses: Losses
) -> list[str]:
    values = {
        "id": ids[draft.key],
        "status": draft.status.value,
        "description": draft.description,
        "issue": draft.issue,
        "depends_on": ",".join(ids[key] for key in draft.depends_on),
        "blocks": ",".join(blocks.get(draft.key, ())),
        "completed_at": _time(draft, losses),
        "notes": draft.notes,
        "origin": draft.key,
    }
    return [escape(values.get(column, "")) for column in COLUMNS]


def _time(draft: Draft, losses: Losses) -> str:
    if not draft.completed_at:
        return ""
    try:
        return format_time(parse_time(draft.completed_at))
    except ValueError:
        losses.note("times that are not ISO 8601", draft.key)
        return ""


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _sentence(what: str, keys: Sequence[str]) -> str:
    shown = ", ".join(keys[:5]) + (", …" if len(keys) > 5 else "")  # noqa: PLR2004 enough to find the rest
    return f"{what} ({len(keys)}: {shown})"
