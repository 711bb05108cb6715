"""What in a change a person may want to see first, one line of words for each kind."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from tasks_lib.review.change import EXECUTABLE, LINK, NONE, REPOSITORY, Change
from tasks_lib.review.patterns import FLAGGED, is_test, matches
from tasks_lib.review.weakening import weakened

LARGE: Final = 1_000_000
"""Bytes from which a binary file is large."""

_SHOWN: Final = 5


def flags(changes: Sequence[Change], extra: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Return the flags of a diff: ``changes CI: .github/workflows/ci.yml``.

    ``extra`` are words and patterns of the user's own; words of the shipped table get more patterns.
    """
    return (*_of_tests(changes), *_of_paths(changes, extra), *_of_kinds(changes))


def _of_tests(changes: Sequence[Change]) -> Iterator[str]:
    tests = [change for change in changes if is_test(change.path)]
    yield from named("deletes tests", (change.path for change in tests if change.deleted))
    for change in tests:
        if not change.deleted and change.old:
            for words in weakened(change.old, change.new):
                yield f"weakens a test: {printable(change.path)}: {words}"
    yield from named(
        "changes tests that were there",
        (change.path for change in tests if NONE not in {change.mode, change.old_mode}),
    )


def _of_paths(changes: Sequence[Change], extra: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for words in {**FLAGGED, **extra}:
        patterns = (*FLAGGED.get(words, ()), *extra.get(words, ()))
        yield from named(words, (change.path for change in changes if matches(change.path, patterns)))


def _of_kinds(changes: Sequence[Change]) -> Iterator[str]:
    yield from named(
        "adds symbolic links", (one.path for one in changes if one.mode == LINK and one.old_mode != LINK)
    )
    yield from named("adds repositories inside", (one.path for one in changes if one.mode == REPOSITORY))
    yield from named(
        "makes files executable", (one.path for one in changes if one.mode == EXECUTABLE != one.old_mode)
    )
    yield from named(
        "makes files not executable",
        (one.path for one in changes if one.old_mode == EXECUTABLE and one.mode not in {EXECUTABLE, NONE}),
    )
    yield from named(
        "adds large binary files",
        (f"{one.path} ({one.size:,} bytes)" for one in changes if one.binary and one.size >= LARGE),
    )


def named(words: str, paths: Iterable[str]) -> tuple[str, ...]:
    """Return one line of words with the paths, or nothing where there are none."""
    shown = [printable(path) for path in paths]
    more = len(shown) - _SHOWN
    rest = f" and {more} more" if more > 0 else ""
    return (f"{words}: {', '.join(shown[:_SHOWN])}{rest}",) if shown else ()


def printable(path: str) -> str:
    """Return a path that an agent chose, on one line and without what a terminal would obey."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in path)[:200]
