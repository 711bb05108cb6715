from mosaic_orchestrator.jobs import Job, JobState

JOB = Job("nightly", "mosaic/report:4", ("report", "--all"))


def test_a_job_counts_its_starts() -> None:
    assert JOB.started().failed("disk full").queued_again().started().attempt == 2


def test_only_ended_jobs_are_final() -> None:
    assert [state.value for state in JobState if state.is_final] == ["succeeded", "failed"]


def test_a_failed_job_keeps_its_reason() -> None:
    assert JOB.started().failed("disk full").detail == "disk full"
