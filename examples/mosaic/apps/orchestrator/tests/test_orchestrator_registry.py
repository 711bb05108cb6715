import pytest

from mosaic_orchestrator.jobs import Job, JobState
from mosaic_orchestrator.registry import DuplicateJobError, JobRegistry, UnknownJobError


def job(name: str) -> Job:
    return Job(name, "mosaic/report:4", ("report",))


def test_the_newest_version_of_a_job_is_kept() -> None:
    registry = JobRegistry()
    registry.add(job("a"))
    registry.update(job("a").started())
    assert registry.get("a").state is JobState.RUNNING


def test_an_id_is_registered_once() -> None:
    registry = JobRegistry()
    registry.add(job("a"))
    with pytest.raises(DuplicateJobError):
        registry.add(job("a"))


def test_an_unknown_job_is_an_error() -> None:
    with pytest.raises(UnknownJobError):
        JobRegistry().get("a")


def test_the_summary_counts_by_state() -> None:
    registry = JobRegistry()
    registry.add(job("a"))
    registry.add(job("b"))
    registry.add(job("c"))
    registry.update(job("c").started())
    assert registry.summary() == {"queued": 2, "running": 1}
