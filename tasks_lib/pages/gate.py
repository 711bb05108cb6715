"""What gates found: for an attempt and for a phase."""

from collections.abc import Iterator, Sequence

from tasks_lib.backlog.model import Phase
from tasks_lib.pages import keys
from tasks_lib.pages.links import Links
from tasks_lib.pages.markdown import code, escaped, page
from tasks_lib.pages.progress import contents
from tasks_lib.planning.words import phase_title
from tasks_lib.ports import Verdict


def phase_gate_page(phase: Phase, verdicts: Sequence[Verdict], links: Links) -> str:
    """Return the page of a phase's gate."""
    title = f"Gate of {phase_title(phase.number, phase.title)}"
    return page(title, contents(links, keys.phase_gate(phase.number)), verdicts_of(verdicts))


def verdicts_of(verdicts: Sequence[Verdict]) -> str:
    """Return what each gate found; what a red one said stands in a block below it."""
    return (
        "\n\n".join(part for verdict in verdicts for part in _verdict(verdict)) or "No gates are configured."
    )


def _verdict(verdict: Verdict) -> Iterator[str]:
    mark, word = ("✅", "passed") if verdict.passed else ("❌", "failed")
    remark = f" — {escaped(verdict.remark)}" if verdict.remark else ""
    yield f"{mark} **{escaped(verdict.gate)}** {word} in {verdict.seconds:.1f} s{remark}"
    if not verdict.passed:
        yield code(verdict.output)
        if verdict.log:
            yield f"All of its output: `{verdict.log}`"
