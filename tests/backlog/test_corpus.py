"""Odd and hostile files: each is read and explained exactly as ``corpus/expected.toml`` says."""

import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tasks_lib.backlog import Backlog, Item, edit_backlog, format_time, lint_backlog, parse_backlog
from tasks_lib.backlog.fields import Rules
from tasks_lib.backlog.parse import read_backlog
from tasks_lib.errors import BacklogError, Problem, Severity

CORPUS = Path(__file__).parent / "corpus"
EXPECTED: dict[str, dict[str, Any]] = tomllib.loads((CORPUS / "expected.toml").read_text("utf-8"))
READABLE = [name for name in EXPECTED if "items" in EXPECTED[name]]
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def _data(name: str) -> bytes:
    return (CORPUS / f"{name}.md").read_bytes()


def _read(name: str) -> Backlog:
    return read_backlog(_data(name), Rules(NOW))[0]


def _plain(item: Item, field: str) -> object:
    value = getattr(item, field)
    if isinstance(value, tuple):
        return list(value)
    return format_time(value) if isinstance(value, datetime) else value


def _explains(problem: Problem, words: list[str]) -> bool:
    return all(word in f"{problem.message} {problem.hint}" for word in words)


def test_every_file_has_its_expectation() -> None:
    """No file of the corpus goes unjudged, and there are at least eighty."""
    assert {path.stem for path in CORPUS.glob("*.md")} == EXPECTED.keys()
    assert len(EXPECTED) >= 80


@pytest.mark.parametrize("name", EXPECTED)
def test_problems_are_found_and_explained(name: str) -> None:
    """Lint finds what is wrong, at its line, in words that help, and nothing else."""
    problems = lint_backlog(_data(name), now=NOW)
    expected = [line.split() for line in EXPECTED[name]["problems"]]
    found = [(str(problem.line), problem.code) for problem in problems]
    assert found == [(line, code) for line, code, *_ in expected]
    unexplained = [
        str(problem)
        for problem, (_, _, *words) in zip(problems, expected, strict=True)
        if not _explains(problem, words)
    ]
    assert unexplained == []


@pytest.mark.parametrize("name", EXPECTED)
def test_parsing_fails_on_errors_only(name: str) -> None:
    """What parse refuses is what lint calls an error, all of it."""
    errors = tuple(p for p in lint_backlog(_data(name)) if p.severity is Severity.ERROR)
    if errors:
        with pytest.raises(BacklogError) as caught:
            parse_backlog(_data(name))
        assert caught.value.problems == errors
    else:
        assert list(parse_backlog(_data(name))) == list(_read(name))


@pytest.mark.parametrize("name", READABLE)
def test_items_are_read(name: str) -> None:
    """The items are those that GitHub shows, with the cells and phases that they have there."""
    backlog = _read(name)
    assert [item.id for item in backlog] == EXPECTED[name]["items"]
    for key, value in EXPECTED[name].get("cells", {}).items():
        item_id, field = key.split(".")
        assert _plain(backlog[item_id], field) == value
    phases = [[phase.title, list(phase.items)] for phase in backlog.phases]
    assert phases == EXPECTED[name].get("phases", phases)


@pytest.mark.parametrize("name", READABLE)
def test_every_item_that_stands_once_can_be_edited(name: str) -> None:
    """An edit rewrites one line of a file however broken the rest of it is."""
    data = _data(name)
    twice = {problem.message.split()[0] for problem in lint_backlog(data) if problem.code == "duplicate-id"}
    for item_id in set(EXPECTED[name]["items"]) - twice:
        edited = edit_backlog(data, {item_id: {"status": "failed"}})
        before, after = (text.decode().replace("\r", "\n").split("\n") for text in (data, edited))
        assert sum(old != new for old, new in zip(before, after, strict=True)) <= 1
        assert read_backlog(edited, Rules())[0][item_id].status == "failed"
