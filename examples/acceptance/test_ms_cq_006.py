"""MS-CQ-006: two workers never get one job."""

import threading
from contextlib import suppress
from pathlib import Path

from mosaic_orchestrator.claims import ClaimDesk


def test_of_two_claims_at_the_same_instant_one_wins(tmp_path: Path) -> None:
    """Both workers are stopped inside their claim until the other is there too."""
    both_are_here = threading.Barrier(2)
    won: list[str] = []

    def clock() -> float:
        # A desk that lets only one worker in at a time never fills the barrier: that is fine.
        with suppress(threading.BrokenBarrierError):
            both_are_here.wait(timeout=2)
        return 0.0

    def work(name: str) -> None:
        if ClaimDesk(tmp_path, clock).claim("nightly", name):
            won.append(name)

    workers = [threading.Thread(target=work, args=(name,)) for name in ("ada", "bob")]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(won) == 1
    assert ClaimDesk(tmp_path).holder("nightly") == won[0]


def test_a_job_given_back_can_be_taken_again(tmp_path: Path) -> None:
    """A claim ends with its release."""
    desk = ClaimDesk(tmp_path)
    assert desk.claim("nightly", "ada")
    desk.release("nightly", "ada")
    assert desk.claim("nightly", "bob")
