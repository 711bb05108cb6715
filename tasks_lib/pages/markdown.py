"""Markdown of which every part that is data stays data."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

_MARKS: Final = re.compile(r"([\\`*_|<>\[\]~#!&$])")
_WEB: Final = re.compile(r"https?://[^\s<>()\[\]\"'\\`]+")


class Markup(str):
    """Text that is markdown already; every other text is data."""

    __slots__ = ()


def escaped(text: str) -> str:
    """Return the text on one line, with every mark that markdown or HTML could read as its own escaped."""
    line = " ".join(text.split())
    # A bare address would become a link to wherever the text says.
    return _MARKS.sub(r"\\\1", line).replace("://", ":\\//").replace("www.", "www\\.").replace("@", "\\@")


def link(text: str, address: str) -> Markup:
    """Return a link with data as its text; the text alone where there is no address of the web."""
    if not _WEB.fullmatch(address):
        return Markup(escaped(text))
    return Markup(f"[{escaped(text)}]({address})")


def code_span(text: str) -> Markup:
    """Return a short text as code within a line; it stands in a table as well."""
    line = " ".join(text.split()).replace("`", "'").replace("|", "\\|")
    return Markup(f"`{line}`") if line else Markup("")


def code(text: str, language: str = "text") -> str:
    """Return the text as a code block that nothing in it can close."""
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}{language}\n{text}\n{fence}"


def table(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> str:
    """Return a table; cells are data unless they are ``Markup``. Columns that are empty in all rows go."""
    lines = list(rows)
    kept = [column for column in columns if not column or any(row[column] for row in lines)]
    head = [f"| {' | '.join(kept)} |", f"|{'---|' * len(kept)}"]
    return "\n".join([*head, *(f"| {' | '.join(_cell(row[column]) for column in kept)} |" for row in lines)])


def section(title: str, *parts: str) -> str:
    """Return a part of a page under a heading; an empty string when there is nothing in it."""
    body = [part for part in parts if part]
    return "\n\n".join([f"## {title}", *body]) if body else ""


def page(title: str, *parts: str) -> str:
    """Return a whole page; empty parts are left out."""
    return "\n\n".join([f"# {escaped(title)}", *(part for part in parts if part)]) + "\n"


def bullets(lines: Iterable[str]) -> str:
    """Return a list of markdown lines."""
    return "\n".join(f"- {line}" for line in lines)


def _cell(text: str) -> str:
    return text if isinstance(text, Markup) else escaped(text)
