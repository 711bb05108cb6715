"""beads' ``issues.jsonl``: one JSON object per line, dependencies as typed edges."""

import re
from collections.abc import Iterator

from tasks_lib.backlog.model import ItemStatus
from tasks_lib.importers.drafts import Draft, Files, Imported, Losses, one_line
from tasks_lib.importers.json_text import JsonObject, objects, parse_object, text_of

_STATUSES = {
    "open": ItemStatus.NOT_STARTED,
    "in_progress": ItemStatus.IN_PROGRESS,
    "blocked": ItemStatus.BLOCKED,
    "deferred": ItemStatus.BLOCKED,
    "closed": ItemStatus.DONE,
}
_DELETED = "tombstone"
_CARRIED = frozenset(
    [
        "id",
        "title",
        "description",
        "status",
        "dependencies",
        "external_ref",
        "closed_at",
        "close_reason",
        "notes",
    ]
)
_ISSUE = re.compile(r"(?:gh-|#|.*/issues/)(?P<number>[0-9]+)")


def read(files: Files) -> Imported:
    """Read every line; a parent waits for its children. Raise ``BacklogError`` where a line is not JSON."""
    losses = Losses()
    lines = [(number, line) for text in files.values() for number, line in enumerate(text.split("\n"), 1)]
    entries = [parse_object(line, line=number) for number, line in lines if line.strip()]
    alive = [entry for entry in entries if text_of(entry, "status") != _DELETED]
    needs: dict[str, list[str]] = {text_of(entry, "id"): [] for entry in alive}
    for entry in alive:
        for waiting, other in _edges(entry, losses):
            needs.setdefault(waiting, []).append(other)
    drafts = (_draft(entry, tuple(dict.fromkeys(needs[text_of(entry, "id")])), losses) for entry in alive)
    return Imported(tuple(drafts), losses.found())


def _edges(entry: JsonObject, losses: Losses) -> Iterator[tuple[str, str]]:
    """Yield (who waits, for whom)."""
    key = text_of(entry, "id")
    for edge in objects(entry.get("dependencies")):
        kind, other = text_of(edge, "type") or "blocks", text_of(edge, "depends_on_id")
        if kind == "blocks":
            yield key, other
        elif kind == "parent-child":
            yield other, key
        else:
            losses.note(f"relations of the kind {kind!r}", key)


def _draft(entry: JsonObject, needs: tuple[str, ...], losses: Losses) -> Draft:
    key = text_of(entry, "id")
    losses.fields(key, entry, _CARRIED)
    word = text_of(entry, "status") or "open"
    if word not in _STATUSES or word == "deferred":
        losses.note(f"the status {word!r}", key)
    reference = text_of(entry, "external_ref")
    issue = _ISSUE.fullmatch(reference)
    if reference and not issue:
        losses.note("external_ref", key)
    return Draft(
        key,
        one_line(text_of(entry, "title"), text_of(entry, "description")),
        _STATUSES.get(word, ItemStatus.NOT_STARTED),
        depends_on=needs,
        issue=f"#{issue['number']}" if issue else "",
        completed_at=text_of(entry, "closed_at"),
        notes=one_line(text_of(entry, "close_reason"), text_of(entry, "notes")),
    )
