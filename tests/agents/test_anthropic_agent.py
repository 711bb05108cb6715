"""The Anthropic agent through the real SDK against the replay."""

from tasks_lib.ports import ClaimStatus
from tests.agents.conftest import Stage, bash, git, recording, says

COMMIT = "echo hello > hello.txt && git add -A && git commit -q -m 'fix' && git rev-parse HEAD"


def test_an_attempt_ends_with_the_claim_and_the_commit(stage: Stage) -> None:
    """The recorded turns are carried out in the checkout and the claim names the real commit."""
    work = stage.play(recording(bash("ls"), bash(COMMIT), says()))
    assert work.claim is not None
    assert work.claim.status is ClaimStatus.SUCCESS
    assert work.claim.commit == git(stage.workspace.path, "rev-parse", "HEAD")
    assert (stage.workspace.path / "hello.txt").read_text() == "hello\n"
    assert work.stopped == ""
