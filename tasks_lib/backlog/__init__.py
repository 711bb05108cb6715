"""The tracking file: text to items and back, without losing a byte. Everything here is pure."""

from tasks_lib.backlog.edit import edit_backlog
from tasks_lib.backlog.figures import format_time, format_tokens, parse_time, parse_tokens
from tasks_lib.backlog.model import Backlog, Item, ItemId, ItemStatus, Phase
from tasks_lib.backlog.parse import lint_backlog, parse_backlog

__all__ = [
    "Backlog",
    "Item",
    "ItemId",
    "ItemStatus",
    "Phase",
    "edit_backlog",
    "format_time",
    "format_tokens",
    "lint_backlog",
    "parse_backlog",
    "parse_time",
    "parse_tokens",
]
