"""The words and signs that people write into a status cell."""

import re

from tasks_lib.backlog.marks import bare
from tasks_lib.backlog.model import ItemStatus

WORDS = {
    ItemStatus.NOT_STARTED: (
        "not-started",
        "todo",
        "to-do",
        "open",
        "new",
        "pending",
        "planned",
        "ready",
        "queued",
        "backlog",
        "unstarted",
    ),
    ItemStatus.IN_PROGRESS: (
        "in-progress",
        "wip",
        "doing",
        "started",
        "active",
        "ongoing",
        "working",
        "work-in-progress",
        "running",
        "in-work",
        "in-review",
        "review",
    ),
    ItemStatus.DONE: (
        "done",
        "complete",
        "completed",
        "finished",
        "closed",
        "merged",
        "resolved",
        "fixed",
        "shipped",
    ),
    ItemStatus.FAILED: ("failed", "fail", "failure", "error", "errored", "broken"),
    ItemStatus.BLOCKED: ("blocked", "on-hold", "stuck", "impeded"),
}
"""What is understood, without case; spaces, underscores and hyphens count as the same."""

SIGNS = {
    ItemStatus.NOT_STARTED: ("[ ]", "[]", "⬜", "☐", "🔲", "⚪", "📋", "🆕"),
    ItemStatus.IN_PROGRESS: ("[~]", "[/]", "[-]", "[>]", "🚧", "🔄", "⏳", "🟡", "🏗", "🔨", "▶"),
    ItemStatus.DONE: ("[x]", "✅", "☑", "✔", "✓", "🟢", "🎉"),
    ItemStatus.FAILED: ("[!]", "❌", "✗", "✘", "✖", "🔴"),
    ItemStatus.BLOCKED: ("⛔", "🚫", "🛑", "🔒", "⏸"),
}
"""Signs that stand alone or beside a word."""

_WORDS = {word: status for status, words in WORDS.items() for word in words}
_SIGNS = {sign: status for status, signs in SIGNS.items() for sign in signs}
_SIGN = re.compile("|".join(re.escape(sign) for sign in _SIGNS))
_ASIDE = re.compile(r"\([^()]*\)$")
_GAPS = re.compile(r"[\s_-]+")
_LONGEST = 80


def read_status(text: str) -> ItemStatus | None:
    """Return what a status cell means, None when it cannot be understood."""
    if text in _WORDS:
        return _WORDS[text]
    if len(text) > _LONGEST:
        return None
    lower = bare(text).replace("\ufe0f", "").casefold()
    signs = {_SIGNS[sign] for sign in _SIGN.findall(lower)}
    word = bare(_ASIDE.sub("", _SIGN.sub(" ", lower).strip()).strip(" .!:~"))
    if not word:
        return signs.pop() if len(signs) == 1 else None
    status = _WORDS.get(_GAPS.sub("-", word.strip(" .!:")))
    return status if not signs or signs == {status} else None


def accepted_words() -> str:
    """Return the list that a message shows: each status with its other spellings."""
    return "; ".join(f"{words[0]} ({', '.join(words[1:4])}, …)" for words in WORDS.values())
