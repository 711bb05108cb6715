"""Reports as the runners wrote them: pytest 9, vitest 3, Jest 30, jest-junit 17."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks_lib.gates.reports import Reported, read_reports

REPORTS = Path(__file__).parent / "reports"


def report(name: str) -> bytes:
    return (REPORTS / name).read_bytes().replace(b"/workspace/", b"")


def read(name: str, kind: str) -> Reported:
    return read_reports([report(name)], kind)


def test_pytest() -> None:
    """Parameters, classes and errors of fixtures; a test that is expected to fail counts as skipped."""
    assert read("pytest.xml", "pytest") == Reported(
        frozenset({"test_a::test_one", "test_a::test_n[1]", "test_a::test_xp", "test_a.TestX::test_m"}),
        frozenset({"test_a::test_n[a b]", "test_a::test_teardown"}),
        frozenset({"test_a::test_s", "test_a::test_x"}),
    )


def test_vitest() -> None:
    """Skipped and unwritten tests are no tests that ran."""
    assert read("vitest.xml", "vitest") == Reported(
        frozenset({"sum.test.ts::sum > adds"}),
        frozenset({"sum.test.ts::sum > is wrong"}),
        frozenset({"sum.test.ts::sum > waits", "sum.test.ts::sum > is not written"}),
    )


def test_jest() -> None:
    """Jest's own JSON: names are the checkout's, and a file that does not load is a failed test."""
    tests = read("jest.json", "jest")
    assert tests.passed == {"apps/web/sum.test.js::sum adds"}
    assert tests.failed == {
        "apps/web/sum.test.js::sum is wrong",
        "apps/web/broken.test.js::(the file itself)",
    }
    assert tests.skipped == {"apps/web/sum.test.js::sum waits", "apps/web/sum.test.js::sum is not written"}


def test_any_junit() -> None:
    """Somebody else's JUnit XML; several files are one report."""
    tests = read_reports([report("jest-junit.xml"), report("vitest.xml")], "junit")
    assert {"sum adds::sum adds", "sum.test.ts::sum > adds"} <= tests.passed
    assert len(tests.failed) == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "not finished or broken"),
        (b"<testsuites><testsuite><testcase name='a'/>", "not finished or broken"),
        (b"<html/>", "no JUnit XML: its root is <html>"),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]><testsuites>&b;</testsuites>", "declares types of its own"),
        ("<testsuites/>".encode("utf-16"), "declares types of its own"),
        (b"<?xml version='1.0' encoding='utf-7'?><testsuites/>", "not finished or broken"),
        (b"<?xml version='1.0' encoding='none'?><testsuites/>", "not finished or broken"),
    ],
)
def test_what_is_no_report(text: bytes, words: str) -> None:
    """A broken report is a fault in words, and holds no tests, whatever else there is."""
    tests = read_reports([report("pytest.xml"), text], "junit")
    assert words in tests.fault
    assert tests.ran == frozenset()


@pytest.mark.parametrize("text", [b"", b"[]", b'{"testResults": [{}]}', b"[" * 100_000])
def test_what_is_no_json_of_jest(text: bytes) -> None:
    """The same for JSON."""
    assert "no JSON of Jest" in read_reports([text], "jest").fault


@given(st.binary(), st.sampled_from(["pytest", "jest"]))
def test_no_bytes_are_too_strange(text: bytes, kind: str) -> None:
    """Whatever a runner leaves is a report or a fault in words, never an error of ours."""
    tests = read_reports([text, b"<testsuite><testcase name='" + text + b"'/></testsuite>"], kind)
    assert tests.fault or tests.passed
