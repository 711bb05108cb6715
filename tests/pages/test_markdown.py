"""Markdown in which data stays data."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks_lib.pages.markdown import Markup, code, code_span, escaped, link, table

HOSTILE = [
    "](http://evil.example) | new cell",
    "<img src=x onerror=alert(1)>",
    "![pixel](http://evil.example/p.png)",
    "`` ` `` **bold** _it_ ~~gone~~ # title",
    "https://evil.example/path www.evil.example me@evil.example",
    "line\nanother | line\r\n---|---",
    "&lt;b&gt; $x$ [x]: http://evil.example",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_cell_stays_one_cell_without_marks(text: str) -> None:
    """No mark in a text is read as markdown, HTML, a link or the end of a cell."""
    cell = escaped(text)
    assert "\n" not in cell
    unescaped = re.sub(r"\\.", "", cell)
    assert not re.search(r"[`*_|<>\[\]~#!&$@]", unescaped)
    assert "://" not in cell
    assert "www." not in cell


@given(st.text())
def test_escaping_loses_no_word(text: str) -> None:
    """Without its backslashes before marks a text is what it was, on one line."""
    assert re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", escaped(text)) == " ".join(text.split())


@given(st.text())
def test_nothing_closes_a_code_block(text: str) -> None:
    """The fence is longer than every fence in the text."""
    first, *_, last = code(text).split("\n")
    assert last == first.removesuffix("text")
    assert last not in text


def test_only_addresses_of_the_web_become_links() -> None:
    """An address that could run a script, or end the link early, is left out."""
    assert link("PR", "https://git.example.org/pulls/3") == "[PR](https://git.example.org/pulls/3)"
    for address in (
        "javascript:alert(1)",
        "",
        "https://a.example/) ![x](http://b.example",
        "data:text/html,x",
    ):
        assert link("a [b](c)", address) == r"a \[b\](c)"


def test_code_in_a_cell_ends_neither_code_nor_cell() -> None:
    """A branch with a bar or a backtick in it stays one code span in one cell."""
    assert code_span("fix/`x`|y") == "`fix/'x'\\|y`"


def test_a_table_shows_only_columns_that_hold_something() -> None:
    """On a phone an empty column costs room; markup is taken as it is, data is not."""
    rows = [{"item": Markup("[A-1](x)"), "why": "a|b", "agent": ""}]
    assert table(("item", "why", "agent"), rows) == "| item | why |\n|---|---|\n| [A-1](x) | a\\|b |"
