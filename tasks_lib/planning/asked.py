"""The model that a person asks for in a row: in a column ``model``, or as ``model: NAME`` in the notes. Pure.

The words stay in the notes for as long as a run writes there; nothing that a run writes can ask.
"""

import re

from tasks_lib.backlog.model import Item

# At the beginning of the notes or of a part of them, so that "the data model: tiles" asks for nothing.
_WORDS = re.compile(
    r"(?P<before>^|[;.,(|]\s*)model:\s*(?P<name>[A-Za-z0-9](?:[\w.:@/-]*[A-Za-z0-9])?)(?=$|[\s;.,)|])"
)


def asked_model(item: Item) -> str:
    """Return the name of the model that the row asks for; empty when it asks for none."""
    return item.model or _asked(item.notes)


def kept(before: str, note: str) -> str:
    """Return a note to be written over another one: it asks for what that one did, and for nothing else."""
    name = _asked(before)
    mute = _WORDS.sub(r"\g<before>model \g<name>", note)
    return "; ".join(part for part in (mute, f"model: {name}") if part) if name else mute


def _asked(notes: str) -> str:
    found = _WORDS.search(notes)
    return found["name"] if found else ""
