from mosaic_orchestrator.backoff import RetryPolicy
from mosaic_orchestrator.jobs import Job, JobState
from mosaic_orchestrator.scheduler import Scheduler, explain

JOB = Job("nightly", "mosaic/report:4", ("report",))


def test_jobs_are_due_in_the_order_of_their_time() -> None:
    scheduler = Scheduler(RetryPolicy())
    scheduler.submit("late", due=20.0)
    scheduler.submit("early", due=10.0)
    scheduler.submit("never", due=99.0)
    assert scheduler.due(now=30.0) == ["early", "late"]


def test_a_started_job_leaves_the_queue() -> None:
    scheduler = Scheduler(RetryPolicy())
    scheduler.submit("nightly")
    scheduler.take("nightly")
    assert scheduler.due(now=0.0) == []


def test_a_failed_job_is_not_due_at_once() -> None:
    scheduler = Scheduler(RetryPolicy())
    settled = scheduler.settle(JOB.started().failed("disk full"), now=100.0)
    assert settled.state is JobState.QUEUED
    assert scheduler.due(now=100.0) == []


def test_a_job_out_of_attempts_stays_failed() -> None:
    scheduler = Scheduler(RetryPolicy(max_attempts=1))
    settled = scheduler.settle(JOB.started().failed("disk full"), now=100.0)
    assert settled.state is JobState.FAILED


def test_the_operator_reads_the_waits_in_words() -> None:
    assert explain(RetryPolicy(max_attempts=4)) == "tried again after 1 s, 2 s, 4 s"
    assert explain(RetryPolicy(max_attempts=1)) == "never tried again"
