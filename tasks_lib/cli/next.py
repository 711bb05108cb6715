"""``tasks-md next``: what could start now."""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator

from tasks_lib.backlog import Item, format_tokens
from tasks_lib.cli.files import add_json, add_path, load_backlog, say, say_json
from tasks_lib.cli.stuck import stuck_as_json
from tasks_lib.planning.mends import mends
from tasks_lib.planning.report import Reason, Report, ending


def add_arguments(parser: ArgumentParser) -> None:
    """Declare what ``next`` takes."""
    add_path(parser)
    add_json(parser)


def run(arguments: Namespace) -> int:
    """Print the ready items in file order, or why there are none; 1 only on a deadlock."""
    report = Report(load_backlog(arguments))
    if arguments.json:
        say_json(_as_json(report))
    else:
        say("\n".join(_lines(report)))
    return 1 if report.reason is Reason.DEADLOCK else 0


def _lines(report: Report) -> Iterator[str]:
    for item in report.ready:
        marks = [item.repo, f"#{item.issue}" if item.issue else "", item.branch]
        marks.append(format_tokens(item.estimate) if item.estimate else "")
        details = ", ".join(mark for mark in marks if mark)
        yield f"{item.id}  {item.description}" + (f"  ({details})" if details else "")
    if not report.ready:
        yield ending(report)


def _as_json(report: Report) -> dict[str, object]:
    return {
        "ready": [_item_as_json(item) for item in report.ready],
        "reason": report.reason.value,
        **stuck_as_json(report.stuck, mends(report.backlog, report.stuck)),
    }


def _item_as_json(item: Item) -> dict[str, object]:
    return {
        "id": item.id,
        "phase": item.phase,
        "status": item.status.value,
        "description": item.description,
        "repo": item.repo,
        "branch": item.branch,
        "issue": item.issue,
        "estimate": item.estimate,
        "line": item.line,
    }
