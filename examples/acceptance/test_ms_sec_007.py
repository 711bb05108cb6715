"""MS-SEC-007: a job whose action raises has failed."""

import pytest
from mosaic_orchestrator.jobs import Job, JobState
from mosaic_orchestrator.runner import run_job

JOB = Job("nightly", "mosaic/report:4", ("report",)).started()


def test_a_job_that_raises_is_failed_and_says_why() -> None:
    """The error of an action ends the job as failed, with the error's words as its detail."""

    def action(job: Job) -> str:
        raise OSError("disk full")

    ended = run_job(JOB, action)
    assert ended.state is JobState.FAILED
    assert "disk full" in ended.detail


def test_an_interrupt_stops_the_worker() -> None:
    """KeyboardInterrupt is nobody's result and passes through."""

    def action(job: Job) -> str:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_job(JOB, action)


def test_a_job_that_answers_has_succeeded() -> None:
    """An action that returns makes the job a success, as before."""
    assert run_job(JOB, lambda job: "12 pages").state is JobState.SUCCEEDED
