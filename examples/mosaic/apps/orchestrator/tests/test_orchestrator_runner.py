from mosaic_orchestrator.jobs import Job, JobState
from mosaic_orchestrator.runner import run_job

JOB = Job("nightly", "mosaic/report:4", ("report",)).started()


def test_a_job_that_answers_has_succeeded() -> None:
    ended = run_job(JOB, lambda job: f"{job.id}: 12 pages\nno warnings\n")
    assert ended.state is JobState.SUCCEEDED


def test_the_first_line_of_the_answer_is_the_detail() -> None:
    ended = run_job(JOB, lambda job: f"{job.id}: 12 pages\nno warnings\n")
    assert ended.detail == "nightly: 12 pages"
