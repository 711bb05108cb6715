"""The Markdown of a tracking file, as far as it matters: headings and tables, where GitHub would see them.

One pass over the lines. Plain text costs next to nothing; a line is looked at closely only when its first
character can begin something.
"""

import re
from itertools import islice

from tasks_lib.backlog import regions
from tasks_lib.backlog.cells import EDGES, read_cells, split_cells
from tasks_lib.backlog.columns import read_header
from tasks_lib.backlog.outline import TEXT, Heading, Outline, Table
from tasks_lib.errors import Problem

PHASE_WORDS = "phase|stage|milestone|sprint|wave|iteration|step|part"
"""What a heading calls a phase."""

MOST_HEADINGS = 20_000
"""How many headings are read; more is an error, so that no file takes unbounded time."""

_HEADING = re.compile(r"(#{1,6})(?:\s|$)")
_LIST = re.compile(r"(?:[-+*]|[0-9]{1,9}[.)])(?:[ \t]{1,4}(?=\S)|(?=[ \t]|$))")
_CONFLICT = re.compile(r"(?:<{7}|>{7}|\|{7})(?:\s|$)")
_DELIMITER = re.compile(r":?-+:?")
_DECLARES = re.compile(rf"[\s>*+_•0-9.)-]{{0,16}}(?:{PHASE_WORDS})", re.IGNORECASE)
_CODE_INDENT = 4


def read_outline(lines: list[str]) -> Outline:
    """Scan the lines once; never raises."""
    return _Scanner(lines).scan()


class _Scanner:
    """The state of the pass: its place, whether the line before was text, the indents of open list items."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.outline = Outline()
        self.place = 0
        self.paragraph = False
        self.indents: list[int] = []
        self.quoted = False
        self.more_headings = True
        self.steps = {
            **dict.fromkeys("`~", self._fence),
            **dict.fromkeys("|:", self._pipe),
            **dict.fromkeys("-+*_", self._dash),
            **dict.fromkeys("0123456789", self._digit),
            "<": self._html,
            "#": self._heading,
            ">": self._quote,
            "=": self._underline,
        }

    def scan(self) -> Outline:
        """Walk over all lines."""
        self._hide(self._take(regions.front_matter(self.lines)))
        lines, steps, count = self.lines, self.steps, len(self.lines)
        while self.place < count:
            line = lines[self.place]
            first = line[0]
            if first in "\r\n":
                self._blank()
            elif first in " \t":
                self._indented(line)
            else:
                if self.indents:
                    self._leave_list(first)
                steps.get(first, self._text)(line)
        return self.outline

    def _take(self, part: regions.Part) -> int:
        end, problem = part
        if problem:
            self.outline.problems.append(problem)
        return end

    def _leave_list(self, first: str) -> None:
        """End all list items; plain text right below the text of one still belongs to it."""
        self.indents.clear()
        self.quoted = self.paragraph and first not in "`~#>-+*<0123456789"
        self.paragraph = False

    def _blank(self) -> None:
        self.paragraph = self.quoted = False
        self.place += 1

    def _text(self, line: str) -> None:
        if line[0] in "PpSsMmWwIi•*_" and _DECLARES.match(line):
            self._add(self.place, TEXT, line.strip(EDGES))
        self.paragraph = not self.quoted
        self.place += 1

    def _indented(self, line: str) -> None:
        text = line.strip(EDGES)
        if not text:
            self._blank()
            return
        indent = _width(line)
        while self.indents and indent < self.indents[-1]:
            self.indents.pop()
        if indent - (self.indents[-1] if self.indents else 0) >= _CODE_INDENT:
            self.place += 1
        else:
            self.steps.get(text[0], self._text)(line.lstrip(" \t"))

    def _indent(self) -> int:
        return self.indents[-1] if self.indents else 0

    def _fence(self, text: str) -> None:
        run = regions.fence_opens(text.rstrip(EDGES))
        if not run:
            self._text(text)
            return
        self.place = self._take(regions.fence(self.lines, self.place, run, self._indent()))
        self.paragraph = False

    def _html(self, text: str) -> None:
        if _CONFLICT.match(text):
            self._conflict()
            return
        part = regions.html(self.lines, self.place, text.rstrip(EDGES), after_paragraph=self.paragraph)
        if part is None:
            self._text(text)
            return
        end = self._take(part)
        if text.startswith(("<!", "<?", "<pre", "<script", "<style", "<textarea")):
            self.place = end
        else:
            self._hide(end)
        self.paragraph = False

    def _hide(self, end: int) -> None:
        """Pass over lines, but remember the first with a pipe: nobody hides a table here on purpose."""
        loose = (place for place in range(self.place, end) if self.lines[place].lstrip().startswith("|"))
        self.outline.loose += islice(loose, 1)
        self.place = end

    def _conflict(self) -> None:
        self.outline.conflicts.append(self.place)
        self.paragraph = False
        self.place += 1

    def _heading(self, text: str) -> None:
        found = _HEADING.match(text)
        if not found:
            self._text(text)
            return
        self._add(self.place, len(found[1]), text[found.end() :].strip(EDGES).rstrip("#").rstrip())
        self.paragraph = False
        self.place += 1

    def _add(self, line: int, level: int, text: str) -> None:
        headings = self.outline.headings
        if len(headings) < MOST_HEADINGS:
            headings.append(Heading(line, level, text))
        elif self.more_headings:
            self.more_headings = False
            what = f"the file has more than {MOST_HEADINGS:,} headings and lines that look like phases"
            problem = Problem(line + 1, 1, "too-many-headings", what, "split it into several files")
            self.outline.problems.append(problem)

    def _quote(self, text: str) -> None:
        if _CONFLICT.match(text):
            self._conflict()
            return
        self.paragraph = False
        self.quoted = bool(text[1:].strip())
        self.place += 1

    def _underline(self, text: str) -> None:
        if self.paragraph and not text.strip(EDGES).strip("="):
            self._setext(1)
        else:
            self._text(text)

    def _setext(self, level: int) -> None:
        self._add(self.place - 1, level, self.lines[self.place - 1].strip(EDGES))
        self.paragraph = False
        self.place += 1

    def _pipe(self, text: str) -> None:
        if _CONFLICT.match(text):
            self._conflict()
        elif not self._table(text):
            before = self.lines[self.place - 1] if self.place else ""
            if not self.paragraph and not before.lstrip(" \t").startswith("|"):
                self.outline.loose.append(self.place)
            self._text(text)

    def _dash(self, text: str) -> None:
        bare = text.strip(EDGES)
        if self._table(text):
            return
        if self.paragraph and not bare.strip("-"):
            self._setext(2)
        elif _is_rule(bare):
            self.paragraph = False
            self.place += 1
        else:
            self._digit(text)

    def _digit(self, text: str) -> None:
        """Read a list item: what stands in it is indented from its marker on."""
        found = _LIST.match(text.rstrip(EDGES))
        if not found:
            self._text(text)
            return
        if _DECLARES.match(text):
            self._add(self.place, TEXT, text.strip(EDGES))
        line = self.lines[self.place]
        self.indents.append(_width(line) + max(found.end(), len(found[0].rstrip()) + 1))
        rest = text[found.end() :]
        run = regions.fence_opens(rest.strip(EDGES))
        if run:
            self._fence(rest.lstrip())
        else:
            self.paragraph = bool(rest.strip())
            self.quoted = False
            self.place += 1

    def _table(self, text: str) -> bool:
        """Take a table in when this line is the delimiter row under its header."""
        if not self.paragraph or text.strip("|:- \t\r\n") or "-" not in text:
            return False
        delimiters = [cell.strip() for cell in split_cells(text)]
        header = self.lines[self.place - 1]
        if not all(_DELIMITER.fullmatch(cell) for cell in delimiters):
            return False
        names = read_cells(header)
        if len(names) != len(delimiters) or ("|" not in text and "|" not in header):
            return False
        if self.outline.loose and self.outline.loose[-1] == self.place - 1:
            self.outline.loose.pop()
        end = self._rows_end(self.place + 1)
        self.outline.tables.append(Table(self.place - 1, self.place + 1, end, read_header(names)))
        self.place, self.paragraph = end, False
        return True

    def _rows_end(self, place: int) -> int:
        lines, count, indent = self.lines, len(self.lines), self._indent()
        while place < count:
            line = lines[place]
            if (indent or line[0] != "|") and not self._is_row(line, indent):
                break
            place += 1
        return place

    def _is_row(self, line: str, indent: int) -> bool:
        text = line.strip(EDGES)
        if not text or not 0 <= _width(line) - indent < _CODE_INDENT:
            return False
        first = text[0]
        if first not in "`~<#>-+*_0123456789":
            return True
        return not (
            (first == ">" and not _CONFLICT.match(text))
            or (first in "`~" and regions.fence_opens(text))
            or (
                first == "<"
                and not _CONFLICT.match(text)
                and regions.html([], 0, text, after_paragraph=False)
            )
            or (first == "#" and _HEADING.match(text))
            or _is_rule(text)
            or _LIST.match(text)
        )


def _is_rule(text: str) -> bool:
    marks = text.replace(" ", "").replace("\t", "")
    return len(marks) > 2 and marks[0] in "-*_" and not marks.strip(marks[0])  # noqa: PLR2004 - CommonMark's three


def _width(line: str) -> int:
    """Return the column at which the text of the line begins; a tab reaches to the next multiple of four."""
    column = 0
    for character in line:
        if character == " ":
            column += 1
        elif character == "\t":
            column += 4 - column % 4
        else:
            break
    return column
