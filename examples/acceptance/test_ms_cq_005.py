"""MS-CQ-005: guests write nowhere."""

import pytest
from mosaic_coordinator.permissions import Board, Role, User, may_write


@pytest.mark.parametrize("is_shared", [True, False])
@pytest.mark.parametrize("name", ["ada", "bob"])
def test_a_guest_never_writes(name: str, is_shared: bool) -> None:
    """Neither a shared board nor one of their own."""
    assert not may_write(User(name, Role.GUEST), Board("Plans", "ada", is_shared))


def test_the_team_writes_what_is_shared_or_its_own() -> None:
    """Members keep the access they had."""
    member = User("bob", Role.MEMBER)
    assert may_write(member, Board("Plans", "ada", is_shared=True))
    assert may_write(member, Board("Plans", "bob"))
    assert not may_write(member, Board("Plans", "ada"))
