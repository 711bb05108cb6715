"""How people appear."""

import pytest

from mosaic_web.backend import Person
from mosaic_web.people import avatar, initials


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Ada Lovelace", "AL"), ("ada", "A"), ("Grace Brewster Murray Hopper", "GB"), ("", "")],
)
def test_initials_are_at_most_two_capitals(name: str, expected: str) -> None:
    assert initials(Person(name)) == expected


def test_an_avatar_carries_the_full_name() -> None:
    assert 'title="Ada Lovelace"' in avatar(Person("Ada Lovelace"))
