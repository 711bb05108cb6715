"""Inputs meant to cost more than they should; ``build(name, size)`` makes one of about ``size`` bytes."""

from collections.abc import Callable

HEAD = "| id | status | description | branch | depends_on | blocks |\n|---|---|---|---|---|---|\n"


def _repeat(piece: str, size: int) -> str:
    return piece * (size // len(piece.encode()))


def _rows(size: int, cells: Callable[[int], str]) -> str:
    rows, used = [HEAD], len(HEAD)
    while used < size:
        rows.append(f"| A-{len(rows)} | todo | {cells(len(rows))} |\n")
        used += len(rows[-1])
    return "".join(rows)


def _cell(text: str) -> str:
    return f"{HEAD}| A-1 | todo | {text} | | | |\n"


def _dense(size: int) -> str:
    """All earlier items are dependencies of each item, and of half of the items all later ones too."""
    count = max(3, int((size / 5) ** 0.5))
    names = ",".join(f"A-{number}" for number in range(1, count))
    return HEAD + "".join(f"| A-{number} | todo | | | {names} | |\n" for number in range(1, count))


def _ring(size: int) -> str:
    count = max(3, size // 34)
    return HEAD + "".join(f"| A-{place} | todo | | | A-{(place + 1) % count} | |\n" for place in range(count))


HOSTILE: dict[str, Callable[[int], str]] = {
    "empty lines": lambda size: _repeat("\n", size),
    "carriage returns": lambda size: _repeat("\r", size),
    "mixed line ends": lambda size: _repeat("\r\n\n\r", size),
    "spaces": lambda size: _repeat(" ", size),
    "tabs": lambda size: _repeat("\t", size),
    "indented lines": lambda size: _repeat("   a\n", size),
    "short lines": lambda size: _repeat("a\n", size),
    "separators of other kinds": lambda size: _repeat("\u2028a\x0b", size),
    "pipes": lambda size: _repeat("|", size),
    "lines of one pipe": lambda size: _repeat("|\n", size),
    "lines of two pipes": lambda size: _repeat("||\n", size),
    "table of pipes": lambda size: HEAD + _repeat("||\n", size),
    "table of dashes": lambda size: HEAD + _repeat("|---|---|---|---|---|---|\n", size),
    "table of words": lambda size: HEAD + _repeat("x\n", size),
    "many small tables": lambda size: _repeat("|id|status|branch|\n|-|-|-|\n|A-1|x||\n\n", size),
    "many headers": lambda size: _repeat("|a|b|\n|-|-|\n", size),
    "backticks": lambda size: _repeat("`", size),
    "backticks in a cell": lambda size: _cell(_repeat("`", size) + "<br>"),
    "runs of backticks": lambda size: _cell(
        " ".join("`" * n for n in range(1, int((2 * size) ** 0.5))) + "&lt;"
    ),
    "short code spans": lambda size: _cell(_repeat("`a` <br> ", size)),
    "backslashes": lambda size: _cell(_repeat("\\", size)),
    "escaped pipes": lambda size: _cell(_repeat("\\|", size)),
    "references": lambda size: _cell(_repeat("&#32;", size)),
    "ampersands": lambda size: _cell(_repeat("&#", size)),
    "open tags": lambda size: _cell(_repeat("<br ", size)),
    "one long cell": lambda size: _cell(_repeat("word ", size)),
    "stars": lambda size: _cell(_repeat("*", size)),
    "brackets": lambda size: _cell(_repeat("[", size)),
    "links": lambda size: _cell(_repeat("[](", size)),
    "long status": lambda size: f"{HEAD}| A-1 | {_repeat('(', size)} | | | |\n",
    "long id": lambda size: f"{HEAD}| {_repeat('A', size)} | todo | | | |\n",
    "long number": lambda size: f"{HEAD}| A-{_repeat('9', size)} | todo | | | |\n",
    "starred id": lambda size: f"{HEAD}| {_repeat('*', size)}A-1{_repeat('*', size)} | todo | | | |\n",
    "long branch": lambda size: f"{HEAD}| A-1 | todo | | {_repeat('a/', size)} | | |\n",
    "long dependencies": lambda size: f"{HEAD}| A-1 | todo | | | {_repeat('A', size)} | |\n",
    "unknown dependencies": lambda size: f"{HEAD}| A-1 | todo | | | {_repeat('B-2,', size)} | |\n",
    "struck dependencies": lambda size: f"{HEAD}| A-1 | todo | | | {_repeat('~~A-2', size)} | |\n",
    "self dependencies": lambda size: f"{HEAD}| A-1 | todo | | | {_repeat('A-1 ', size)} | |\n",
    "dashes between ids": lambda size: f"{HEAD}| A-1 | todo | | | {_repeat('A-1 - ', size)} | |\n",
    "links of dependencies": lambda size: f"{HEAD}| A-1 | todo | | | {_repeat('](', size)} | |\n",
    "ranges": lambda size: _rows(size, lambda _: " | | A-1 to A-99999 | "),
    "ranges backwards": lambda size: _rows(size, lambda _: " | | A-9 to A-1 | "),
    "dense": _dense,
    "ring": _ring,
    "pairs": lambda size: _rows(size, lambda n: f" | | A-{n + 1 if n % 2 else n - 1} | "),
    "bad rows": lambda size: _rows(size, lambda _: " | -x | Q | Q "),
    "same ids": lambda size: HEAD + _repeat("| A-1 | todo | | | | |\n", size),
    "branches": lambda size: _rows(size, lambda n: f" | {'a/' * 60}{n} | | "),
    "nested lists": lambda size: "".join(" " * (2 * n) + "- a\n" for n in range(int(size**0.5))),
    "list items": lambda size: _repeat("- a\n", size),
    "empty list items": lambda size: _repeat("-\n", size),
    "list of fences": lambda size: _repeat("- ```\n", size),
    "open fences": lambda size: _repeat("```\n~~~\n", size),
    "open fence": lambda size: "````\n" + _repeat("```\n", size),
    "comments": lambda size: _repeat("<!-- -->\n", size),
    "open comment": lambda size: _repeat("<!--\n", size),
    "comment on one line": lambda size: _repeat("<!-- ", size),
    "tags": lambda size: _repeat("<div>\n", size),
    "open pre": lambda size: _repeat("<pre>\n", size),
    "instructions": lambda size: _repeat("<?\n", size),
    "headings": lambda size: _repeat("# a\n", size),
    "phases": lambda size: _repeat("# Phase 1\n", size),
    "different phases": lambda size: "".join(
        f"## Phase {n} (A-{n} to A-{n + 9})\n" for n in range(size // 30)
    ),
    "phases of all": lambda size: (
        "".join(f"## Phase {n} (A-1 to A-99999)\n" for n in range(size // 30))
        + HEAD
        + "| A-1 | todo | | | | |\n"
    ),
    "phase lines": lambda size: _repeat("- Phase 1: A-1 to A-9\n", size),
    "long phase line": lambda size: "- Phase 1: " + _repeat("A-1 to A-9, ", size),
    "long heading": lambda size: "# Phase 1 (" + _repeat("A-1 to ", size),
    "hashes": lambda size: _repeat("#", size),
    "setext": lambda size: _repeat("a\n=\n", size),
    "quotes": lambda size: _repeat("> a\n", size),
    "conflicts": lambda size: _repeat("<<<<<<< a\n", size),
    "conflicts in a table": lambda size: HEAD + _repeat("<<<<<<< a\n", size),
    "front matter": lambda size: "---\n" + _repeat("a: b\n", size),
    "NULs": lambda size: _repeat("\0", size),
    "control lines": lambda size: _repeat("\x1b\n", size),
    "bidi": lambda size: _repeat("\u202e\n", size),
    "delimiters": lambda size: "a|b\n" + _repeat("-", size) + "|" + _repeat(" ", size) + "x\n",
    "wide delimiters": lambda size: _repeat("|a", size // 2) + "\n" + _repeat("|-", size // 2) + "\n",
    "wide table": lambda size: (
        "|id|status|branch"
        + _repeat("|a", size // 3)
        + "\n"
        + _repeat("|-", size // 3)
        + "|-|-|-\n"
        + _repeat("|A-1\n", size // 3)
    ),
    "phase column": lambda size: (
        "|id|status|branch|phase|\n|-|-|-|-|\n" + "".join(f"|A-{n}|todo||p{n}|\n" for n in range(size // 18))
    ),
    "group rows": lambda size: HEAD + "".join(f"|Phase {n}||||||\n" for n in range(size // 18)),
    "loose rows": lambda size: _repeat("|A-1|\n\n", size),
}


def build(name: str, size: int) -> bytes:
    """Return the hostile input of that name, of about ``size`` bytes."""
    return HOSTILE[name](size).encode()
