"""What is kept of a command's output."""

from hypothesis import given
from hypothesis import strategies as st

from tasks_lib.ports import clip
from tasks_lib.sandbox.output import OUTPUT_LIMIT, Capture


@given(st.text(max_size=300), st.integers(min_value=5, max_value=200))
def test_a_short_text_is_itself_and_a_long_one_keeps_both_ends(text: str, limit: int) -> None:
    """A text within the limit is unchanged; of a longer one 40 % of the limit is head and 60 % tail."""
    clipped = clip(text, limit)
    if len(text) <= limit:
        assert clipped == text
    else:
        head = int(limit * 0.4)
        assert clipped.startswith(text[:head] + "\n[... ")
        assert clipped.endswith(" ...]\n" + text[-(limit - head) :])
        assert f"{len(text) - limit:,} characters left out" in clipped


@given(st.lists(st.binary(max_size=50_000), max_size=12))
def test_output_in_pieces_is_output_in_one(pieces: list[bytes]) -> None:
    """However the bytes arrive, the text is the clipped whole."""
    capture = Capture()
    for piece in pieces:
        capture.write(piece)
    whole = b"".join(pieces).replace(b"\0", "\N{SYMBOL FOR NULL}".encode())
    expected = clip(whole.decode(errors="replace"), OUTPUT_LIMIT)
    assert capture.text()[:10_000] == expected[:10_000]
    assert capture.text()[-10_000:] == expected[-10_000:]


def test_memory_does_not_grow_with_the_output() -> None:
    """After 200 MB no more is held than a fixed small amount, and the text says how much is missing."""
    capture = Capture()
    for _ in range(3_200):
        capture.write(b"x" * 65_536)
    held = len(capture._head) + capture._tail_size  # noqa: SLF001  the claim is about what is held
    assert held < 20 * OUTPUT_LIMIT
    assert f"{3_200 * 65_536 - OUTPUT_LIMIT:,} characters left out" in capture.text()
