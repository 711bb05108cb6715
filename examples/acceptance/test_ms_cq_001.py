"""MS-CQ-001: finished jobs do not pile up."""

from mosaic_orchestrator.jobs import Job, JobState
from mosaic_orchestrator.registry import JobRegistry


def test_finished_jobs_are_forgotten_in_time() -> None:
    """After five thousand finished jobs the registry is far smaller than that."""
    registry = JobRegistry()
    for number in range(5_000):
        job = Job(f"job-{number}", "mosaic/report:4", ("report",))
        registry.add(job)
        registry.update(job.started().succeeded("done"))
    assert len(registry) <= 1_000


def test_open_jobs_stay() -> None:
    """A job that waits or runs is never forgotten, however many others finish."""
    registry = JobRegistry()
    for name in ("waiting", "running"):
        registry.add(Job(name, "mosaic/report:4", ("report",)))
    registry.update(registry.get("running").started())
    for number in range(1_500):
        job = Job(f"job-{number}", "mosaic/report:4", ("report",))
        registry.add(job)
        registry.update(job.started().failed("disk full"))
    assert registry.get("waiting").state is JobState.QUEUED
    assert registry.get("running").state is JobState.RUNNING
