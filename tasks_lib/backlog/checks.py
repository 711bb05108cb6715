"""Checks of items one by one and of the file's characters."""

import re
from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise

from tasks_lib.backlog.document import Row
from tasks_lib.backlog.fields import Rules
from tasks_lib.backlog.figures import format_time
from tasks_lib.backlog.findings import Findings, Flaw
from tasks_lib.backlog.marks import clip
from tasks_lib.backlog.model import Item
from tasks_lib.errors import Severity

_CLOCKS_DIFFER = timedelta(minutes=5)
_ODD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_ODD_BYTES = bytes(code for code in range(0x20) if code not in b"\t\n\r") + b"\x7f"
_ODD_ENCODED = re.compile(rb"\xe2(?:\x80[\xaa-\xae]|\x81[\xa6-\xa9])"), re.compile(rb"\xc2[\x80-\x9f]")


def check_characters(data: bytes, lines: Sequence[str], findings: Findings) -> None:
    """Note characters that are not shown, and those that turn the direction of the text around them."""
    plain = len(data.translate(None, _ODD_BYTES)) == len(data)
    if plain and not any(odd.search(data) for odd in _ODD_ENCODED):
        return
    for place, line in enumerate(lines):
        found = _ODD.search(line)
        if found:
            code = f"U+{ord(found[0]):04X}"
            if found[0] == "\0":
                flaw = Flaw("control-character", f"a NUL ({code}) makes the file binary for git", "remove it")
            elif found[0] > "\u2000":
                what = f"the character {code} turns the direction of the text around it"
                flaw = Flaw("bidi-character", what, "remove it", Severity.WARNING)
            else:
                what = f"the control character {code} is not shown"
                flaw = Flaw("control-character", what, "remove it", Severity.WARNING)
            findings.line(place, flaw, found.start() + 1)


def check_items(rows: Sequence[Row], items: Sequence[Item], rules: Rules, findings: Findings) -> None:
    """Note times that cannot be and branches that cannot be beside each other."""
    for row, item in zip(rows, items, strict=True):
        if item.started_at or item.completed_at:
            _check_times(row, item, rules, findings)
    _check_branches(rows, items, findings)


def _check_times(row: Row, item: Item, rules: Rules, findings: Findings) -> None:
    if item.started_at and item.completed_at and item.completed_at < item.started_at:
        what = f"{item.id} was completed before it was started"
        findings.at(
            row, "completed_at", Flaw("time-order", what, "mend one of the two times", Severity.WARNING)
        )
    for column, moment in (("started_at", item.started_at), ("completed_at", item.completed_at)):
        if rules.now and moment and moment > rules.now + _CLOCKS_DIFFER:
            what = f"{column} lies in the future: {format_time(moment)}"
            findings.at(row, column, Flaw("future-time", what, "mend the time", Severity.WARNING))


def _check_branches(rows: Sequence[Row], items: Sequence[Item], findings: Findings) -> None:
    """Git keeps branches like files: ``fix`` and ``fix/login`` cannot both be."""
    first = {
        item.branch: row for row, item in zip(reversed(rows), reversed(items), strict=True) if item.branch
    }
    # With NUL in place of the slash, what lies below a name sorts right behind it.
    for name, below in pairwise(sorted(first, key=lambda branch: branch.replace("/", "\0"))):
        if below.startswith(name + "/"):
            what = f"the branches {clip(name)} and {clip(below)} cannot both exist in git"
            row = max(first[name], first[below], key=lambda row: row.line)
            findings.at(row, "branch", Flaw("branch-conflict", what, "rename one of them"))
