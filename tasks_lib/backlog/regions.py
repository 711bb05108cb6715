"""The parts of a Markdown file that are not read: front matter, code fences, HTML and its comments.

Each finder gets the lines and the place at which the part begins, and returns the place after its last line,
with a problem when the part is never closed. The rules are those of CommonMark; ``indent`` is the column at
which the surrounding list item's content begins, 0 outside of lists.
"""

import re

from tasks_lib.errors import Problem, Severity

Part = tuple[int, Problem | None]

_FENCE = re.compile(r"(`{3,}(?=[^`]*$)|~{3,})")
_UNTIL_END = (
    (
        re.compile(r"<(?:script|pre|style|textarea)(?:[\s>]|$)", re.IGNORECASE),
        re.compile(r"</(?:script|pre|style|textarea)>", re.IGNORECASE),
    ),
    (re.compile(r"<!--"), re.compile(r"-->")),
    (re.compile(r"<\?"), re.compile(r"\?>")),
    (re.compile(r"<![A-Za-z]"), re.compile(r">")),
    (re.compile(r"<!\[CDATA\["), re.compile(r"\]\]>")),
)
_UNTIL_BLANK = re.compile(
    r"</?(?:address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir"
    r"|div|dl|dt|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li"
    r"|link|main|menu|menuitem|nav|noframes|ol|optgroup|option|p|param|search|section|summary|table|tbody|td|tfoot"
    r"|th|thead|title|tr|track|ul)(?:[ \t]|/?>|$)",
    re.IGNORECASE,
)
_KEY = re.compile(r"[A-Za-z_][\w-]{0,60}:(?:\s|$)")


def front_matter(lines: list[str]) -> Part:
    """Return where the text begins; a file that starts with ``---`` carries YAML up to the next such line."""
    if not lines or lines[0].rstrip() != "---":
        return 0, None
    for place in range(1, len(lines)):
        if lines[place].rstrip() in {"---", "..."}:
            return place + 1, None
    if len(lines) > 1 and _KEY.match(lines[1]):
        what = "front matter begins here and is never closed"
        return 0, Problem(1, 1, "unclosed-front-matter", what, "end it with a line ---", Severity.WARNING)
    return 0, None


def fence_opens(text: str) -> str:
    """Return the run of backticks or tildes that opens a code fence, an empty string when none does."""
    found = _FENCE.match(text)
    return found[0] if found else ""


def fence(lines: list[str], start: int, run: str, indent: int) -> Part:
    """Find the end of the code fence that ``run`` opens."""
    for place in range(start + 1, len(lines)):
        line = lines[place]
        text = line.lstrip(" \t")
        if indent and text.strip() and len(line) - len(text) < indent:
            return place, None
        if text.startswith(run) and not text.strip().strip(run[0]):
            return place + 1, None
    what = f"the code fence {run[:10]} is never closed: all that follows is code"
    return len(lines), Problem(start + 1, 1, "unclosed-fence", what, f"close it with a line {run[:10]}")


def html(lines: list[str], start: int, text: str, *, after_paragraph: bool) -> Part | None:
    """Find the end of the HTML that begins with ``text``, None when this is no block of HTML."""
    for opening, closing in _UNTIL_END:
        if opening.match(text):
            return _until(lines, start, closing, text)
    if _UNTIL_BLANK.match(text) or (not after_paragraph and _is_tag(text)):
        place = start + 1
        while place < len(lines) and lines[place].strip():
            place += 1
        return place, None
    return None


def _until(lines: list[str], start: int, closing: re.Pattern[str], text: str) -> Part:
    if closing.search(text, 4 if text.startswith("<!--") else 0):
        return start + 1, None
    for place in range(start + 1, len(lines)):
        if closing.search(lines[place]):
            return place + 1, None
    if text.startswith("<!--"):
        what, code, end = "the comment is never closed: all that follows is hidden", "unclosed-comment", "-->"
    else:
        tag = text.split(maxsplit=1)[0][:20]
        what, code, end = f"{tag} is never closed: all that follows is HTML", "unclosed-html", "its end"
    return len(lines), Problem(start + 1, 1, code, what, f"close it with {end}")


def _is_tag(text: str) -> bool:
    """Tell whether the line is one complete HTML tag and nothing else."""
    body = text.rstrip()
    inside = body[1:-1].removeprefix("/")
    name = inside.split(maxsplit=1)[:1]
    return (
        body.endswith(">")
        and inside[:1].isalpha()
        and "<" not in inside
        and ">" not in inside
        and ":" not in name[0]
    )
