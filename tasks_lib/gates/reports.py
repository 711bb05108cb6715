"""What a test runner reports: JUnit's XML, or Jest's JSON. Written by code that nobody trusts."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final
from xml.etree import ElementTree as ET

LARGEST: Final = 64_000_000
"""Bytes of a report above which it is not read."""

Result = tuple[str, str]
"""A test's name and what became of it: ``passed``, ``failed``, ``skipped``."""


@dataclass(frozen=True, slots=True)
class Reported:
    """The tests of one run by their names; ``fault`` says why there is no complete report of them."""

    passed: frozenset[str] = field(default=frozenset(), repr=False)
    failed: frozenset[str] = field(default=frozenset(), repr=False)
    skipped: frozenset[str] = field(default=frozenset(), repr=False)
    fault: str = ""

    @property
    def ran(self) -> frozenset[str]:
        """The tests that were really run."""
        return self.passed | self.failed


class _Broken(Exception):
    """A report that cannot be used; the message says why."""


def read_reports(texts: Iterable[bytes], kind: str) -> Reported:
    """Understand what a runner wrote; ``kind`` is the gate's ``tests``. Nothing raises, ``fault`` tells."""
    try:
        results = [result for text in texts for result in _results(text, kind)]
    except _Broken as broken:
        return Reported(fault=str(broken))

    def ended(end: str) -> frozenset[str]:
        return frozenset(name for name, how in results if how == end)

    return Reported(ended("passed"), ended("failed"), ended("skipped"))


def _results(text: bytes, kind: str) -> Iterable[Result]:
    if len(text) > LARGEST:
        raise _Broken(f"the test report is larger than {LARGEST:,} bytes")
    return _jest(text) if kind == "jest" else _junit(text)


def _junit(text: bytes) -> list[Result]:
    # Another encoding could hide a declaration: one of two bytes a character holds NULs.
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text or b"\0" in text:
        raise _Broken("the test report declares types of its own, which no runner does")
    cases = _Cases()
    parser = ET.XMLParser(target=cases)  # noqa: S314  without declarations nothing expands
    try:
        parser.feed(text)
        parser.close()
    except (ET.ParseError, ValueError, LookupError) as error:
        raise _Broken(f"the test report is not finished or broken: {error}") from error
    return cases.results


class _Cases:
    """Takes the test cases of a report as they are parsed, so that no tree of it is ever in memory."""

    def __init__(self) -> None:
        self.results: list[Result] = []
        self._root = ""
        self._case: Mapping[str, str] | None = None
        self._ends: set[str] = set()

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Begin an element; what stands inside of a case says how it ended."""
        self._root = self._root or tag
        if self._root not in {"testsuites", "testsuite"}:
            raise _Broken(f"the test report is no JUnit XML: its root is <{tag[:40]}>")
        if tag == "testcase":
            self._case, self._ends = attributes, set()
        elif self._case is not None:
            self._ends.add(tag)

    def end(self, tag: str) -> None:
        """End an element."""
        if tag != "testcase" or self._case is None:
            return
        failed = self._ends & {"failure", "error"}
        end = "failed" if failed else "skipped" if "skipped" in self._ends else "passed"
        place = self._case.get("classname") or self._case.get("file") or ""
        self.results.append((f"{place}::{self._case.get('name', '')}", end))
        self._case = None


_JEST_ENDS: Final = {"passed": "passed", "failed": "failed"}


def _jest(text: bytes) -> Iterator[Result]:
    try:
        report = json.loads(text)
        for suite in report["testResults"]:
            for case in suite["assertionResults"]:
                yield f"{suite['name']}::{case['fullName']}", _JEST_ENDS.get(case["status"], "skipped")
            if suite["status"] == "failed" and not suite["assertionResults"]:
                yield f"{suite['name']}::(the file itself)", "failed"
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _Broken(f"the test report is no JSON of Jest: {type(error).__name__}") from error
