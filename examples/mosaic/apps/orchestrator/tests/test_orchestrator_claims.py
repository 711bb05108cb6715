from pathlib import Path

from mosaic_orchestrator.claims import ClaimDesk


def test_a_taken_job_is_not_given_away_again(tmp_path: Path) -> None:
    desk = ClaimDesk(tmp_path)
    assert desk.claim("nightly", "ada")
    assert not desk.claim("nightly", "bob")
    assert desk.holder("nightly") == "ada"


def test_the_next_free_job_is_taken(tmp_path: Path) -> None:
    desk = ClaimDesk(tmp_path)
    desk.claim("first", "ada")
    assert desk.claim_next(["first", "second"], "bob") == "second"
    assert desk.claim_next(["first", "second"], "eve") is None


def test_only_the_holder_gives_a_job_back(tmp_path: Path) -> None:
    desk = ClaimDesk(tmp_path)
    desk.claim("nightly", "ada")
    desk.release("nightly", "bob")
    assert desk.holder("nightly") == "ada"
    desk.release("nightly", "ada")
    assert desk.holder("nightly") is None
