"""A conversation that goes round in circles is told so, and then ended; one that waits never is."""

from itertools import count, islice
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks_lib.agents.chances import AttemptEnded
from tasks_lib.agents.circles import FORGIVEN_AFTER, KNOWN_TURNS, ROUNDS, Circles, Step
from tasks_lib.ports import Cause
from tests.agents.conftest import Stage, bash, events, recording, says


def step(call: object, answer: object = "same", *, seconds: float = 0.0) -> Step:
    return Step(str(call), str(answer), str(call), seconds)


WAITING = st.sampled_from(
    [
        step("sleep 5; curl -s localhost/health", "down"),
        step("kubectl wait --for=condition=ready pod/x", "timed out"),
        step("until nc -z db 5432; do :; done"),
        step("make image", "", seconds=11),
        step("tail -f log", "..."),
        step("gh run watch 1"),
    ]
)
WORDS = st.lists(st.integers(0, 9), min_size=1, max_size=4, unique=True)


def signs(circles: Circles, *turns: Step) -> list[int]:
    """Return the places, from 1, of the turns after which the model was told something."""
    return [place for place, turn in enumerate(turns, start=1) if circles.take([turn])]


@given(st.lists(st.tuples(st.integers(), st.integers()), unique=True, max_size=60))
def test_what_is_new_each_time_is_no_circle(pairs: list[tuple[int, int]]) -> None:
    """Whatever the calls are: a new answer to an old call is news, and so is a new call."""
    assert signs(Circles(), *(step(call, answer) for call, answer in pairs)) == []


@given(WORDS)
def test_a_round_is_noticed(word: list[int]) -> None:
    """The same call, or two to four in turn, each with the same answer."""
    rounds = ROUNDS[len(word)]
    assert signs(Circles(), *(step(call) for call in word * rounds)) == [len(word) * rounds]


@given(WORDS, st.lists(WAITING, max_size=40), st.randoms(use_true_random=False))
def test_waiting_is_never_a_sign(word: list[int], waiting: list[Step], chance: Random) -> None:
    """Neither by itself, however often, nor between other turns, which it leaves as they are."""
    assert signs(Circles(), *waiting) == []
    turns = [step(call) for call in word * ROUNDS[len(word)]]
    for wait in waiting:
        turns.insert(chance.randint(0, len(turns) - 1), wait)
    assert signs(Circles(), *turns) == [len(turns)]


def test_polling_with_a_changing_answer_is_no_circle() -> None:
    """Progress is news."""
    assert signs(Circles(), *(step("curl -s status", f"{share} %") for share in range(50))) == []


def test_tests_that_fail_the_same_way_are_the_same_answer() -> None:
    """However long they took."""
    said = (f"1 failed, 3 passed in 0.{share}s" for share in count(10))
    assert signs(Circles(), *(step("pytest -q", words) for words in islice(said, 4))) == [4]


def test_an_edit_between_two_tests_is_progress() -> None:
    """Tests that stay red while the code changes are work, not a circle."""
    turns = [turn for number in range(20) for turn in (step(f"edit {number}"), step("pytest", "red"))]
    assert signs(Circles(), *turns) == []


def test_turns_that_bring_nothing_new_are_a_sign_in_any_order() -> None:
    """Looking at the same things again and again."""
    looks = [step(number % 7) for number in range(7)]
    again = [step(number * number % 7) for number in range(KNOWN_TURNS)]
    assert signs(Circles(), *looks, *again[:-1]) == []
    assert signs(Circles(), *looks, *again) != []


def test_a_second_sign_ends_the_attempt() -> None:
    """It was told once."""
    circles = Circles()
    assert signs(circles, *[step("ls")] * 7) == [4]
    with pytest.raises(AttemptEnded, match="went round in circles, also after it was told: the same") as end:
        circles.take([step("ls")])
    assert end.value.cause is Cause.STALL


def test_progress_makes_up_for_a_sign() -> None:
    """Whoever listened and went on is told once more, not ended."""
    circles = Circles()
    assert signs(circles, *[step("ls")] * 4) == [4]
    assert signs(circles, *(step(number) for number in range(FORGIVEN_AFTER))) == []
    assert signs(circles, *[step("pwd")] * 4) == [4]


def test_after_a_compaction_things_may_be_looked_at_again() -> None:
    """The model has forgotten what it saw."""
    circles = Circles()
    looks = [step(number) for number in range(KNOWN_TURNS)]
    assert signs(circles, *looks) == []
    circles.forget()
    assert signs(circles, *looks) == []


def test_many_calls_in_one_turn_are_one_turn() -> None:
    """A clumsy turn is no circle."""
    assert Circles().take([step("ls")] * 24) == ""


def test_the_model_is_told_with_the_answer_to_its_call(stage: Stage) -> None:
    """And the work goes on; the transcript knows of it."""
    work = stage.play(recording(*[bash("cat README.md")] * 4, bash("echo new"), says()))
    assert work.claim is not None
    (nudge,) = events(work, "nudge")
    assert nudge["text"].startswith("[You are going in circles: the same call, 4 times")
    assert stage.server is not None
    assert stage.said.count("it goes round in circles; it is told so") == 1


def test_an_agent_that_does_not_listen_is_ended(stage: Stage) -> None:
    """What it committed by then is judged all the same."""
    work = stage.play(recording(*[bash("cat README.md")] * 9, says()))
    assert work.claim is None
    assert work.cause is Cause.STALL
    assert work.usage.requests == 8
    assert work.stopped.startswith("it went round in circles, also after it was told: the same call, 4 times")
