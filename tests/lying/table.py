"""The table of docs/security.md, from the lies themselves: ``python -m tests.lying`` writes it there."""

from collections.abc import Iterator
from pathlib import Path

from tests.lying.behaviours import BEHAVIOURS, EVERY

PAGE = Path(__file__).parents[2] / "docs/security.md"
BEGIN, END = "<!-- lies -->", "<!-- end of lies -->"


def lines() -> Iterator[str]:
    """Give the table line by line; the figures are what the suite fails without."""
    yield f"{len(EVERY)} behaviours: **0** false `done`, **0** escapes, **0** canaries out."
    for noun, lies in BEHAVIOURS.items():
        yield from ("", f"### {noun}", "", "| what the agent does | ends | its row says | because |")
        yield "|---|---|---|---|"
        for lie in lies:
            yield f"| {lie.name} | {lie.ending} | {lie.words} | {lie.because} |"


def page() -> str:
    """Return the page with the table as it is now."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    return "\n".join([f"{before}{BEGIN}", *lines(), f"{END}{after}"])
