"""Whether a change of a test weakens it, by counting: a heuristic that shows, and never refuses."""

import re
from collections.abc import Iterator
from typing import Final

_ASSERTIONS: Final = re.compile(
    r"\bassert\b|\bassert[A-Z_]\w*|\bassert\w*!|\.assert\w*\(|\bexpect\s*\(|\bpytest\.raises\b"
    r"|\b(?:t|b)\.(?:Error|Errorf|Fatal|Fatalf|Fail|FailNow)\(|\b(?:require|should)\.\w+"
)
_TESTS: Final = re.compile(
    r"^\s*(?:async\s+)?def\s+test\w*|^\s*(?:it|test)(?:\.each\b.*)?\s*\(|^func\s+Test\w+|#\[(?:\w+::)?test\]"
    r"|^\s*@Test\b|^\s*\[(?:Fact|Theory|Test)\b",
    re.MULTILINE,
)
_SKIPS: Final = re.compile(
    r"\bpytest\.(?:mark\.)?(?:skip|skipif|xfail|importorskip)\b|\bunittest\.(?:skip\w*|expectedFailure)\b"
    r"|\b(?:self\.)?skipTest\(|\b(?:it|test|describe|suite)\.(?:skip|skipIf|todo|only|fails|fixme)\b"
    r"|\b(?:xit|xtest|xdescribe|fit|fdescribe)\s*\(|\bt\.Skip\w*\(|#\[ignore\b|@(?:Disabled|Ignore)\b"
    r"|\bassert\s+True\b|\bexpect\(true\)\.toBe\(true\)|\bcollect_ignore\b|\bos\._exit\b|\bprocess\.exit\("
)


def weakened(old: str, new: str) -> Iterator[str]:
    """Give what is less in a test than before: ``fewer assertions (12, now 7)``."""
    for noun, pattern in (("tests", _TESTS), ("assertions", _ASSERTIONS)):
        before, now = _counts(pattern, old, new)
        if now < before:
            yield f"fewer {noun} ({before}, now {now})"
    before, now = _counts(_SKIPS, old, new)
    if now > before:
        yield f"more skips or tests that cannot fail ({before}, now {now})"


def _counts(pattern: re.Pattern[str], old: str, new: str) -> tuple[int, int]:
    return len(pattern.findall(old)), len(pattern.findall(new))
