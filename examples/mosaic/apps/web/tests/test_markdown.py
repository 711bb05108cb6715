"""Markdown in titles."""

from mosaic_web.markdown import inline


def test_plain_text_stays_as_it_was_typed() -> None:
    assert inline("a < b & c") == "a &lt; b &amp; c"


def test_strong_and_code() -> None:
    assert inline("**now** run `make`") == "<strong>now</strong> run <code>make</code>"


def test_a_link_leads_to_its_target() -> None:
    html = inline("see [the plan](https://example.org/plan?a=1&b=2)")
    assert '<a href="https://example.org/plan?a=1&amp;b=2" rel="noopener">the plan</a>' in html
