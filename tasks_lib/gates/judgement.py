"""From what a gate's run left, and from its run on the untouched base, to a verdict. Pure."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from tasks_lib.config import GateConfig
from tasks_lib.gates.reports import Reported
from tasks_lib.gates.runs import Run
from tasks_lib.ports import Verdict

_NAMED = 20
_UNCOMPARED = "its tests were compared with nothing"

Base = Callable[[], Run | None]
"""Gives the run on the untouched base, made when it is first asked for; None where no base is known."""


@dataclass(frozen=True, slots=True)
class _Finding:
    """Whether a gate passes, what to know when reading its output, and what stands beside the verdict."""

    passed: bool
    words: str = ""
    remark: str = ""
    flag: str = ""


def judge(gate: GateConfig, run: Run, base: Base) -> Verdict:
    """Return the verdict; the base is run only when the answer depends on it."""
    found = _of_green(gate, run, base) if run.green else _of_red(gate, run, base)
    remarks = [found.remark]
    if run.number > 1 and run.green:
        remarks.insert(0, f"passed on run {run.number} (flaky)")
    return Verdict(
        gate.name,
        found.passed,
        _output(gate, run, found.words),
        run.seconds,
        "; ".join(filter(None, remarks)),
        run.log,
        tuple(filter(None, [found.flag])),
    )


def _output(gate: GateConfig, run: Run, words: str) -> str:
    """Return the run's output with how it ended as the last lines: what a reader looks for first."""
    lines = [run.output.rstrip("\n"), f"[{gate.name}: {run.ending}]"]
    if words:
        lines.append(f"[{gate.name}: {words}]")
    return "\n".join(filter(None, lines))


def _of_green(gate: GateConfig, run: Run, base: Base) -> _Finding:
    if run.tests is None:
        return _Finding(passed=True)
    failed = run.tests.failed - run.tests.passed  # a runner that tries again reports both
    if failed:
        words = f"red although it ended well: {_tests(failed)} failed in its report: {_named(failed)}"
        return _Finding(passed=False, words=words)
    before = base()
    if before is None or before.tests is None or before.fault:
        why = f"at the base {before.fault}" if before else "no base is known"
        return _Finding(passed=True, remark=f"its tests were compared with nothing: {why}")
    missing = _missing(run.tests, before.tests)
    return _of_missing(gate, missing) if missing else _Finding(passed=True)


def _of_missing(gate: GateConfig, missing: Collection[str]) -> _Finding:
    words = f"{_tests(missing)} that passed at the base did not run"
    if gate.may_remove_tests:
        flag = f"runs fewer tests: {gate.name}: {_named(missing)}"
        return _Finding(passed=True, remark=words, flag=flag)
    return _Finding(
        passed=False,
        words=f"red, as {words} (deleted, renamed, skipped, deselected, or the runner ended early): "
        f"{_named(missing)}",
    )


def _missing(now: Reported, before: Reported) -> frozenset[str]:
    return before.passed - now.ran


def _of_red(gate: GateConfig, run: Run, base: Base) -> _Finding:
    words = f"red although it ended well: {run.fault}" if run.clean else ""
    before = base()
    if before is None or before.green:
        return _Finding(passed=False, words=words)
    if gate.policy == "must-pass":
        same = "it fails on the untouched base as well, and has to pass all the same"
        return _Finding(
            passed=False,
            words="; ".join(filter(None, (words, same))),
            remark="fails on the untouched base as well",
        )
    return _compared(run, before, words)


def _compared(run: Run, before: Run, words: str) -> _Finding:
    """Tell whether a red run is no worse than the red one at the base."""
    if run.tests is None or before.tests is None or before.fault:
        return _Finding(passed=True, remark="fails, as on the untouched base: not counted")
    if run.fault:
        return _Finding(passed=False, words=words or run.fault)
    new = run.tests.failed - before.tests.failed
    missing = _missing(run.tests, before.tests)
    if new or missing:
        said = [f"{_tests(new)} failed that did not fail at the base: {_named(new)}"] if new else []
        said += (
            [f"{_tests(missing)} that passed at the base did not run: {_named(missing)}"] if missing else []
        )
        return _Finding(passed=False, words="; ".join(said), remark="worse than the untouched base")
    if bool(run.tests.failed) != bool(before.tests.failed):
        return _Finding(passed=False, words="no test failed, yet it did not end well, unlike at the base")
    remark = f"fails no worse than the untouched base ({_tests(run.tests.failed)} failed)"
    return _Finding(passed=True, remark=remark)


def _tests(names: Collection[str]) -> str:
    return "1 test" if len(names) == 1 else f"{len(names)} tests"


def _named(names: Collection[str]) -> str:
    shown = [_printable(name) for name in sorted(names)[:_NAMED]]
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def _printable(name: str) -> str:
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in name)[:200]
