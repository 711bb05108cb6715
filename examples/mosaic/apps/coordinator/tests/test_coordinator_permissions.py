from mosaic_coordinator.permissions import Board, Role, User, may_delete, may_read, may_write

ADA = User("ada", Role.MEMBER)
BOB = User("bob", Role.MEMBER)
VISITOR = User("visitor", Role.GUEST)
PRIVATE = Board("Ada's plans", owner="ada")
SHARED = Board("Releases", owner="ada", is_shared=True)


def test_a_private_board_is_its_owners() -> None:
    assert may_read(ADA, PRIVATE) and may_write(ADA, PRIVATE)
    assert not may_read(BOB, PRIVATE) and not may_write(BOB, PRIVATE)


def test_a_shared_board_is_the_teams() -> None:
    assert may_read(BOB, SHARED) and may_write(BOB, SHARED)


def test_a_guest_looks_on() -> None:
    assert may_read(VISITOR, SHARED)
    assert not may_write(VISITOR, PRIVATE)


def test_admins_clear_up() -> None:
    assert may_delete(User("root", Role.ADMIN), PRIVATE)
    assert not may_delete(BOB, SHARED)
