"""Backlog.md's files: one per item, YAML front matter above Markdown; milestones become phases."""

import re
from collections.abc import Iterator
from dataclasses import replace

from tasks_lib.backlog.model import ItemStatus
from tasks_lib.backlog.regions import front_matter
from tasks_lib.backlog.statuses import read_status
from tasks_lib.importers.drafts import Draft, Files, Imported, Losses, one_line

_FIELD = re.compile(r"(?P<name>[A-Za-z_][\w-]*):(?:[ \t]+(?P<value>.*))?")
_ENTRY = re.compile(r"[ \t]*-[ \t]+(?P<value>.*)")
_SECTION = re.compile(r"##[ \t]+(?P<title>.*)")
_CARRIED = frozenset({"id", "title", "status", "milestone", "dependencies", "parent_task_id"})
_CARRIED_SECTION = "description"

Fields = dict[str, str | list[str]]


def read(files: Files) -> Imported:
    """Read the files in the order of their numbers; files without front matter and an id are left out."""
    losses = Losses()
    drafts: dict[str, Draft] = {}
    parents: list[tuple[str, str]] = []
    for name, text in files.items():
        fields, body = _split(text)
        key = _text(fields, "id").lower()
        if not key:
            losses.note("files without an id", name)
            continue
        drafts[key] = _draft(key, fields, body, losses)
        if parent := _text(fields, "parent_task_id").lower():
            parents.append((parent, key))
    for parent, child in parents:
        if parent in drafts:
            needs = (*drafts[parent].depends_on, child)
            drafts[parent] = replace(drafts[parent], depends_on=tuple(dict.fromkeys(needs)))
    return Imported(tuple(sorted(drafts.values(), key=_place)), losses.found())


def _draft(key: str, fields: Fields, body: list[str], losses: Losses) -> Draft:
    losses.fields(key, fields, _CARRIED)
    sections = dict(_sections(body))
    for title, lines in sections.items():
        if title != _CARRIED_SECTION and lines:
            losses.note(f"the section {title!r}" if title else "the text above all sections", key)
    word = _text(fields, "status")
    status = read_status(word) if word else ItemStatus.NOT_STARTED
    if status is None:
        losses.note(f"the status {word!r}", key)
    needs = tuple(each.lower() for each in _list(fields, "dependencies"))
    description = one_line(_text(fields, "title"), " ".join(sections.get(_CARRIED_SECTION, [])))
    return Draft(key, description, status or ItemStatus.NOT_STARTED, _text(fields, "milestone"), needs)


def _split(text: str) -> tuple[Fields, list[str]]:
    lines = text.removeprefix("\ufeff").splitlines()
    end, _ = front_matter(lines)
    return _fields(lines[1 : end - 1]) if end else {}, lines[end:]


def _fields(lines: list[str]) -> Fields:
    """Read the part of YAML that these files are written in: plain values and lists of them."""
    fields: Fields = {}
    name = ""
    for line in lines:
        if found := _FIELD.fullmatch(line):
            name = found["name"]
            fields[name] = _value(found["value"] or "")
        elif (entry := _ENTRY.fullmatch(line)) and name:
            before = fields[name]
            fields[name] = [*(before if isinstance(before, list) else []), _bare(entry["value"])]
        elif line[:1].isspace() and name:
            fields[name] = f"{_text(fields, name)} {line.strip()}".strip()
    return fields


def _value(text: str) -> str | list[str]:
    text = text.strip()
    if text.startswith("[") and text.endswith("]"):
        return [_bare(part) for part in text[1:-1].split(",") if part.strip()]
    return "" if text in (">-", ">", "|", "|-") else text


def _bare(text: str) -> str:
    text = text.strip()
    quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "'\""
    return text[1:-1].replace("''", "'") if quoted else text


def _text(fields: Fields, name: str) -> str:
    value = fields.get(name, "")
    return _bare(value) if isinstance(value, str) else ", ".join(value)


def _list(fields: Fields, name: str) -> list[str]:
    value = fields.get(name, [])
    return value if isinstance(value, list) else [part for part in re.split(r"[,\s]+", value) if part]


def _sections(lines: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield each section's title in lower case, with its lines that say something."""
    title, found = "", list[str]()
    for line in lines:
        if heading := _SECTION.fullmatch(line):
            yield title, found
            title, found = heading["title"].strip(" \t#").lower(), []
        elif line.strip() and not line.lstrip().startswith("<!--"):
            found.append(line.strip())
    yield title, found


def _place(draft: Draft) -> tuple[list[int], str]:
    """Sort ``task-9`` before ``task-10``, and ``task-4.1`` after ``task-4``."""
    return [int(number) for number in re.findall(r"[0-9]+", draft.key)], draft.key
