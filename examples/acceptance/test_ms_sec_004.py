"""MS-SEC-004: a display name is text, whatever it looks like."""

from html.parser import HTMLParser

import pytest
from mosaic_web.backend import Person
from mosaic_web.people import avatar, greeting

HOSTILE = [
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    'Ada" onmouseover="alert(1)',
    "Ada' onfocus='alert(1)",
    "<svg/onload=alert(1) >x",
]


class Reader(HTMLParser):
    """Remembers elements, attribute names, titles and text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.titles: list[str | None] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)
        self.titles.extend(value for name, value in attrs if name == "title")

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_adds_no_element_and_no_attribute(name: str) -> None:
    plain, hostile = Reader(greeting(Person("Ada"))), Reader(greeting(Person(name)))
    assert (hostile.tags, hostile.attributes) == (plain.tags, plain.attributes)


@pytest.mark.parametrize("name", [*HOSTILE, "Ada Lovelace", "Smith & Sons"])
def test_a_name_is_shown_as_it_was_chosen(name: str) -> None:
    page = Reader(greeting(Person(name)))
    assert name in page.text
    assert page.titles == [name]


def test_initials_are_text_too() -> None:
    assert Reader(avatar(Person("<ada &co"))).text == "<&"
