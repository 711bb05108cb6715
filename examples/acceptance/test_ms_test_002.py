"""MS-TEST-002: the back-off starts at its base, and is tested."""

from pathlib import Path

from mosaic_orchestrator.backoff import RetryPolicy, delay_after
from mosaic_orchestrator.jobs import Job
from mosaic_orchestrator.scheduler import Scheduler, explain

POLICY = RetryPolicy(base=3.0, factor=2.0, cap=20.0, max_attempts=5)


def test_the_first_wait_is_the_base() -> None:
    """Waits are base, base times factor, and so on up to the cap."""
    assert [delay_after(attempt, POLICY) for attempt in (1, 2, 3, 4)] == [3.0, 6.0, 12.0, 20.0]


def test_a_failed_job_is_due_after_the_first_wait() -> None:
    """The scheduler waits as long as the policy says, not a step longer."""
    scheduler = Scheduler(POLICY)
    job = Job("nightly", "mosaic/report:4", ("report",)).started()
    scheduler.settle(job.failed("disk full"), now=100.0)
    assert scheduler.due(now=103.0) == ["nightly"]


def test_operators_read_the_same_waits() -> None:
    """The words for the operator name the waits that really happen."""
    assert explain(POLICY) == "tried again after 3 s, 6 s, 12 s, 20 s"


def test_the_app_tests_its_back_off(mosaic_root: Path) -> None:
    """Some test of the app itself calls the back-off."""
    tests = (mosaic_root / "apps/orchestrator/tests").glob("test_*.py")
    assert any("delay_after" in test.read_text("utf-8") for test in tests)
