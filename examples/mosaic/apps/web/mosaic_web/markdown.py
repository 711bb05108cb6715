"""The small part of Markdown that titles may use: **strong**, `code` and [links](url)."""

import re
from html import escape

CODE = re.compile(r"`([^`]+)`")
STRONG = re.compile(r"\*\*([^*]+)\*\*")
LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")


def inline(text: str) -> str:
    """One line of Markdown as HTML; whatever is not Markdown appears as it was typed."""
    html = escape(text)
    html = CODE.sub(r"<code>\1</code>", html)
    html = STRONG.sub(r"<strong>\1</strong>", html)
    return LINK.sub(link, html)


def link(match: re.Match[str]) -> str:
    """The anchor for a [label](target) that is escaped already."""
    label, target = match.groups()
    return f'<a href="{target}" rel="noopener">{label}</a>'
