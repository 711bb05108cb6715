"""What is wrong between items: unknown ids, cycles, later phases, columns that contradict each other."""

from collections.abc import Iterator, Mapping, Sequence

from tasks_lib.backlog.cycles import Knot, find_knots
from tasks_lib.backlog.document import WANTED, Row
from tasks_lib.backlog.findings import Findings, Flaw
from tasks_lib.backlog.marks import clip
from tasks_lib.backlog.model import Item, ItemId
from tasks_lib.backlog.references import IdIndex, References
from tasks_lib.errors import Severity

MOST_LINKS = 1_000_000
"""How many dependencies one file may hold; more is an error, so that no file takes unbounded time."""

_SHOWN = 10
_UNKNOWN = {"depends_on": "unknown-dependency", "blocks": "unknown-blocks"}


def check_links(rows: Sequence[Row], items: Sequence[Item], index: IdIndex, findings: Findings) -> None:
    """Note all that is wrong between the items; ``rows`` and ``items`` belong together."""
    for column in ("depends_on", "blocks"):
        _check_words(rows, column, index, findings)
    links = max(sum(len(item.depends_on) for item in items), sum(len(item.blocks) for item in items))
    if links > MOST_LINKS:
        what = f"the file holds {links:,} dependencies, more than {MOST_LINKS:,}"
        findings.line(
            rows[0].line, Flaw("too-many-dependencies", what, "let phases do the work of dependencies")
        )
        return
    places = {item.id: place for place, item in enumerate(items)}
    needs = [[places[need] for need in item.depends_on] for item in items]
    _check_selves(rows, items, findings)
    _check_phases(rows, items, needs, findings)
    _check_inverse(rows, items, places, needs, findings)
    for knot in find_knots(needs):
        findings.at(rows[knot.cycle[0]], "depends_on", _cycle(knot, items))


def _check_words(rows: Sequence[Row], column: str, index: IdIndex, findings: Findings) -> None:
    if not index.doubtful:
        return
    place = WANTED.index(column)
    for row in rows:
        if row.values[place] in index.doubtful and not findings.full(_UNKNOWN[column]):
            for flaw, word in _flaws(index[row.values[place]], index, column):
                findings.at(row, column, flaw, word)


def _flaws(found: References, index: IdIndex, column: str) -> Iterator[tuple[Flaw, str]]:
    """Yield what is wrong in one cell of ids, with the word at which it is."""
    code = _UNKNOWN[column]
    for word in found.unknown[:_SHOWN]:
        like = index.like(word)
        hint = f"did you mean {like}?" if like else "mend the id, remove it, or add the item"
        yield Flaw(code, f"{column} names {clip(word)}, which is no item of this file", hint), word
    if len(found.unknown) > _SHOWN:
        what = f"{column} names {len(found.unknown) - _SHOWN} more words that are no items"
        yield Flaw(code, what, "mend or remove them"), ""
    for written in found.faults[:_SHOWN]:
        what = f"the range {clip(written)} runs backwards, over two categories, or is too large"
        yield Flaw("bad-range", what, "write MS-SEC-001 through MS-SEC-003"), written
    if found.struck:
        what = f"{clip(listed(found.struck))} is struck through and does not count"
        yield Flaw("struck-dependency", what, "remove it", Severity.WARNING), ""
    if found.repeated:
        what = f"{column} names {listed(found.repeated)} more than once"
        yield Flaw("repeated-dependency", what, "name it once", Severity.WARNING), ""


def _check_selves(rows: Sequence[Row], items: Sequence[Item], findings: Findings) -> None:
    for row, item in zip(rows, items, strict=True):
        if item.id in item.depends_on:
            flaw = Flaw("self-dependency", f"{item.id} depends on itself", "remove the id from its own cell")
            findings.at(row, "depends_on", flaw)
        if item.id in item.blocks:
            flaw = Flaw("self-dependency", f"{item.id} blocks itself", "remove the id from its own cell")
            findings.at(row, "blocks", flaw)


def _check_phases(
    rows: Sequence[Row], items: Sequence[Item], needs: Sequence[Sequence[int]], findings: Findings
) -> None:
    phases = [item.phase for item in items]
    for row, item, wanted in zip(rows, items, needs, strict=True):
        if wanted and max(map(phases.__getitem__, wanted)) > item.phase:
            late = [
                f"{items[place].id} (phase {phases[place]})" for place in wanted if phases[place] > item.phase
            ]
            what = f"{item.id} of phase {item.phase} depends on {listed(late)}, which can only start after it"
            flaw = Flaw("later-phase", what, "remove the dependency, or move one of them to another phase")
            findings.at(row, "depends_on", flaw)


def missing_sides(
    items: Sequence[Item], places: Mapping[ItemId, int], needs: Sequence[Sequence[int]]
) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    """Return what is missing where: ``depends_on`` by the item that lacks it, and ``blocks`` likewise."""
    count = len(items)
    needed = {need * count + place for place, wanted in enumerate(needs) for need in wanted if need != place}
    blocked = {
        place * count + places[other]
        for place, item in enumerate(items)
        for other in item.blocks
        if other != item.id
    }
    lacks_needs: dict[int, list[int]] = {}
    lacks_blocks: dict[int, list[int]] = {}
    for pair in sorted(blocked - needed):
        lacks_needs.setdefault(pair % count, []).append(pair // count)
    for pair in sorted(needed - blocked):
        lacks_blocks.setdefault(pair // count, []).append(pair % count)
    return lacks_needs, lacks_blocks


def _check_inverse(
    rows: Sequence[Row],
    items: Sequence[Item],
    places: Mapping[ItemId, int],
    needs: Sequence[Sequence[int]],
    findings: Findings,
) -> None:
    lacks_needs, lacks_blocks = missing_sides(items, places, needs)
    hint = "tasks-md check --fix writes the missing side"
    for place, others in lacks_needs.items():
        if findings.full("missing-dependency"):
            break
        names = listed([items[other].id for other in others])
        what = f"{items[place].id} does not depend on {names}, which block it by their own rows"
        findings.at(rows[place], "depends_on", Flaw("missing-dependency", what, hint))
    for place, others in lacks_blocks.items():
        if findings.full("missing-blocks"):
            break
        if "blocks" in rows[place].table.header.index:
            names = listed([items[other].id for other in others])
            what = f"{items[place].id} does not list {names} in blocks, though they depend on it"
            findings.at(rows[place], "blocks", Flaw("missing-blocks", what, hint, Severity.WARNING))


def _cycle(knot: Knot, items: Sequence[Item]) -> Flaw:
    names = [items[place].id for place in (*knot.cycle, knot.cycle[0])]
    if len(names) > _SHOWN:
        names[_SHOWN - 2 : -2] = [ItemId("…")]
    what = f"{' → '.join(names)} is a cycle of {len(knot.cycle)}: each waits for the next"
    if knot.size > len(knot.cycle):
        what += f"; it is the shortest in a knot of {knot.size} items"
    cuts = listed([f"{items[one].id} on {items[other].id}" for one, other in knot.cuts])
    word = "dependency" if len(knot.cuts) == 1 else f"{len(knot.cuts)} dependencies"
    sure = "" if knot.fewest else " (fewer may do)"
    return Flaw("cycle", what, f"remove the {word} of {cuts}{sure}", details=_details(knot, items))


def _details(knot: Knot, items: Sequence[Item]) -> dict[str, object]:
    """Return the cycle and the cuts whole: every item waits for the next one, the last for the first."""
    return {
        "cycle": [items[place].id for place in knot.cycle],
        "cuts": [{"id": items[one].id, "depends_on": items[other].id} for one, other in knot.cuts],
        "fewest": knot.fewest,
    }


def listed(words: Sequence[str]) -> str:
    """Return the words with commas, the first few when they are many."""
    more = f" and {len(words) - _SHOWN} more" if len(words) > _SHOWN else ""
    return ", ".join(words[:_SHOWN]) + more
