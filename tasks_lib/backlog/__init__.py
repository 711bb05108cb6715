"""The tracking file: text to items and back, without losing a byte. Everything here is pure."""

from tasks_lib.backlog.columns import COLUMNS
from tasks_lib.backlog.edit import edit_backlog
from tasks_lib.backlog.figures import format_time, format_tokens, parse_time, parse_tokens
from tasks_lib.backlog.fix import fix_backlog
from tasks_lib.backlog.merge import merge_backlogs
from tasks_lib.backlog.model import Backlog, Item, ItemId, ItemStatus, Phase
from tasks_lib.backlog.names import DEFAULT_BRANCHES, PROTECTED_BRANCHES, Branches
from tasks_lib.backlog.parse import lint_backlog, parse_backlog
from tasks_lib.backlog.report import as_annotations, as_records, as_text, counted

__all__ = [
    "COLUMNS",
    "DEFAULT_BRANCHES",
    "PROTECTED_BRANCHES",
    "Backlog",
    "Branches",
    "Item",
    "ItemId",
    "ItemStatus",
    "Phase",
    "as_annotations",
    "as_records",
    "as_text",
    "counted",
    "edit_backlog",
    "fix_backlog",
    "format_time",
    "format_tokens",
    "lint_backlog",
    "merge_backlogs",
    "parse_backlog",
    "parse_time",
    "parse_tokens",
]
