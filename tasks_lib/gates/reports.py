"""What a test runner reports: JUnit's XML, or Jest's JSON. Written by code that nobody trusts."""

import json
from collections.abc import Iterable, Iterator
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


def _results(text: bytes, kind: str) -> Iterator[Result]:
    if len(text) > LARGEST:
        raise _Broken(f"the test report is larger than {LARGEST:,} bytes")
    return _jest(text) if kind == "jest" else _junit(text)


def _junit(text: bytes) -> Iterator[Result]:
    root = _root(text)
    if root.tag not in {"testsuites", "testsuite"}:
        raise _Broken(f"the test report is no JUnit XML: its root is <{root.tag[:40]}>")
    for case in root.iter("testcase"):
        ends = {child.tag for child in case}
        end = "failed" if ends & {"failure", "error"} else "skipped" if "skipped" in ends else "passed"
        place = case.get("classname") or case.get("file") or ""
        yield f"{place}::{case.get('name', '')}", end


def _root(text: bytes) -> ET.Element:
    # Another encoding could hide them: one of two bytes a character holds NULs.
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text or b"\0" in text:
        raise _Broken("the test report declares types of its own, which no runner does")
    try:
        return ET.fromstring(text)  # noqa: S314  without declarations nothing expands
    except ET.ParseError as error:
        raise _Broken(f"the test report is not finished or broken: {error}") from error


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
