"""task-master's ``tasks.json``: one list, or one per tag; an entry waits for its parts."""

from collections.abc import Iterator, Mapping
from typing import Any

from tasks_lib.backlog.model import ItemStatus
from tasks_lib.importers.drafts import Draft, Files, Imported, Losses, one_line
from tasks_lib.importers.json_text import JsonObject, list_of, objects, parse_object, text_of

_STATUSES = {
    "pending": ItemStatus.NOT_STARTED,
    "in-progress": ItemStatus.IN_PROGRESS,
    "review": ItemStatus.IN_PROGRESS,
    "done": ItemStatus.DONE,
    "completed": ItemStatus.DONE,
    "blocked": ItemStatus.BLOCKED,
    "deferred": ItemStatus.BLOCKED,
}
_LEFT_OUT = "cancelled"
_CARRIED = frozenset({"id", "title", "description", "status", "dependencies"})


def read(files: Files) -> Imported:
    """Read the file; with several tags, each becomes a phase. Raise ``BacklogError`` where it is not JSON."""
    losses = Losses()
    drafts: list[Draft] = []
    for file, text in files.items():
        lists = _lists(parse_object(text), file, losses)
        for tag, entries in lists.items():
            name = tag if len(lists) > 1 else ""
            for entry in entries:
                drafts += _drafts(entry, name, losses)
    return Imported(tuple(drafts), losses.found())


def _lists(content: JsonObject, file: str, losses: Losses) -> Mapping[str, list[JsonObject]]:
    """Return the lists by tag; the older form without tags counts as one without a name."""
    if isinstance(content.get("tasks"), list):
        losses.fields(file, content, {"tasks"})
        return {"": objects(content["tasks"])}
    tagged = {tag: part for tag, part in content.items() if isinstance(part, dict) and "tasks" in part}
    losses.fields(file, content, tagged)
    for tag, part in tagged.items():
        losses.fields(tag, part, {"tasks"})
    return {tag: objects(part["tasks"]) for tag, part in tagged.items()}


def _drafts(entry: JsonObject, tag: str, losses: Losses) -> Iterator[Draft]:
    """Yield the parts of an entry first, then the entry, which waits for them."""
    key = _key(tag, entry.get("id"))
    if entry.get("status") == _LEFT_OUT:
        losses.note("cancelled items", key)
        return
    needs = tuple(_key(tag, other) for other in list_of(entry.get("dependencies")))
    parts = []
    for part in objects(entry.get("subtasks")):
        if part.get("status") == _LEFT_OUT:
            losses.note("cancelled items", f"{key}.{part.get('id')}")
        else:
            parts.append(part)
    keys = tuple(f"{key}.{part.get('id')}" for part in parts)
    for part, part_key in zip(parts, keys, strict=True):
        siblings = tuple(_sibling(tag, key, other) for other in list_of(part.get("dependencies")))
        losses.fields(part_key, part, _CARRIED)
        yield _draft(part, part_key, tag, (*needs, *siblings), losses)
    losses.fields(key, entry, _CARRIED | {"subtasks"})
    yield _draft(entry, key, tag, (*needs, *keys), losses)


def _draft(entry: JsonObject, key: str, tag: str, needs: tuple[str, ...], losses: Losses) -> Draft:
    word = text_of(entry, "status") or "pending"
    if word not in _STATUSES or word in ("review", "deferred"):
        losses.note(f"the status {word!r}", key)
    return Draft(
        key,
        one_line(text_of(entry, "title"), text_of(entry, "description")),
        _STATUSES.get(word, ItemStatus.NOT_STARTED),
        tag,
        tuple(dict.fromkeys(needs)),
        notes="deferred" if word == "deferred" else "",
    )


def _key(tag: str, number: Any) -> str:  # noqa: ANN401 what JSON holds
    return f"{tag}/{number}" if tag else str(number)


def _sibling(tag: str, key: str, number: Any) -> str:  # noqa: ANN401 what JSON holds
    """Name what a part depends on: ``2`` is its sibling, ``"3.1"`` a part of another entry."""
    return _key(tag, number) if "." in str(number) else f"{key}.{number}"
