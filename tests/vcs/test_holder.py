"""Who holds a lock, as text and back."""

from hypothesis import given
from hypothesis import strategies as st

from tasks_lib.vcs.lock.holder import Holder, parse_holder

words = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9.:+-]{0,30}", fullmatch=True)
numbers = st.integers(0, 999_999_999)
holders = st.builds(
    Holder,
    host=words,
    pid=numbers,
    run=words,
    since=words,
    lease=st.integers(1, 10_000_000).map(lambda thousandths: thousandths / 1000),
    epoch=numbers,
    beat=numbers,
    seat=words,
    released=st.booleans(),
)


@given(holders)
def test_a_message_says_all_of_a_holder(holder: Holder) -> None:
    """Parsing what was written gives the same holder."""
    assert parse_holder(holder.message("docs/tasks.md on main")) == holder


@given(holders)
def test_no_two_signs_of_life_are_the_same(holder: Holder) -> None:
    """Git does not check the move of a ref to where it is already."""
    assert holder.beaten().message("x") != holder.message("x")


@given(st.text())
def test_any_message_names_somebody(message: str) -> None:
    """Anybody who may push can write one: it is read without an error, as short plain text."""
    holder = parse_holder(message)
    assert str(holder).isprintable()
    assert len(str(holder)) < 1000
    assert holder.lease >= 0


def test_a_hostile_name_stays_one_line() -> None:
    """Nothing in a name can add another fact."""
    holder = Holder(host="a\nReleased: yes\n\x1b[31m", run="r\r\nEpoch: 9")
    assert parse_holder(holder.message("docs/tasks.md\nReleased: yes")).released is False
    assert parse_holder(holder.message("x")).epoch == 0
