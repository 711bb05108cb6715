"""Long conversations are compacted and go on."""

import pytest

from tests.agents.conftest import ITEM, Stage, bash, events, git, recording, says

LONG = bash("seq 4000")
COMMIT = bash("echo hello > hello.txt && git add -A && git commit -q -m 'fix' && git rev-parse HEAD")
SMALL_WINDOW: dict[str, object] = {"context_window": 9_000, "compact_at": 0.6}


@pytest.mark.parametrize("kind", ["served", "refused"])
def test_the_work_goes_on_after_compacting(stage: Stage, kind: str) -> None:
    """By the server, or by a summary of our own where it refuses; nobody is asked."""
    toml = recording(COMMIT, *[LONG, bash("ls")] * 3, says(), head=f'compaction = "{kind}"')
    work = stage.play(toml, **SMALL_WINDOW)
    assert work.claim is not None
    assert work.claim.commit == git(stage.workspace.path, "rev-parse", "HEAD")
    compactions = events(work, "compaction")
    assert compactions
    assert all(event["share"] >= 0.6 for event in compactions)
    assert "turns so far" in compactions[0]["summary"]


@pytest.mark.parametrize("kind", ["served", "refused"])
def test_compactions_are_metered(stage: Stage, kind: str) -> None:
    """``used`` is what the server metered, to the token, compactions included."""
    work = stage.play(
        recording(*[LONG, bash("ls")] * 3, says(), head=f'compaction = "{kind}"'), **SMALL_WINDOW
    )
    assert stage.server is not None
    metered = stage.server.metered[ITEM]
    assert work.usage.used == metered.used
    assert work.usage.cache_read == metered.cache_read
    assert work.usage.requests == metered.requests
    assert work.usage.requests > 7


def test_the_context_drops(stage: Stage) -> None:
    """The turn after a compaction fills far less of the window."""
    work = stage.play(recording(LONG, bash("ls"), bash("ls"), says()), **SMALL_WINDOW)
    shares = [event["context"] for event in events(work, "answer")]
    assert shares[1] > 0.6
    assert shares[2] < 0.4


def test_thinking_survives_the_compaction(stage: Stage) -> None:
    """What is bound to the old history is not sent any more."""
    thought = "thinking = 'Hm.'\n"
    toml = recording(thought + LONG, thought + bash("ls"), thought + bash("ls"), thought + says())
    assert stage.play(toml, **SMALL_WINDOW).claim is not None


def test_a_limit_that_compacting_cannot_mend_ends_the_attempt(stage: Stage) -> None:
    """Not in circles for ever."""
    work = stage.play(recording(*[bash("ls")] * 6, says()), context_window=1000, compact_at=0.5)
    assert work.claim is None
    assert work.stopped.startswith("absolute context limit reached")


def test_below_the_threshold_nothing_is_compacted(stage: Stage) -> None:
    """The default window leaves room."""
    work = stage.play(recording(LONG, bash("ls"), says()))
    assert events(work, "compaction") == []
