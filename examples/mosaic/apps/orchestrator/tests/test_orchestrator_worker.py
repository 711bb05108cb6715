from pathlib import Path

from mosaic_orchestrator.backoff import RetryPolicy
from mosaic_orchestrator.claims import ClaimDesk
from mosaic_orchestrator.jobs import Job, JobState
from mosaic_orchestrator.registry import JobRegistry
from mosaic_orchestrator.scheduler import Scheduler
from mosaic_orchestrator.worker import Worker


def office(tmp_path: Path, *job_ids: str) -> tuple[JobRegistry, Scheduler, ClaimDesk]:
    registry, scheduler = JobRegistry(), Scheduler(RetryPolicy())
    for job_id in job_ids:
        registry.add(Job(job_id, "mosaic/report:4", ("report",)))
        scheduler.submit(job_id)
    return registry, scheduler, ClaimDesk(tmp_path)


def test_a_worker_runs_what_is_due(tmp_path: Path) -> None:
    registry, scheduler, claims = office(tmp_path, "nightly")
    ended = Worker("ada", registry, scheduler, claims).run_next(lambda job: "done", now=0.0)
    assert ended is not None and ended.state is JobState.SUCCEEDED
    assert registry.get("nightly") == ended


def test_a_job_is_held_while_it_runs_and_free_afterwards(tmp_path: Path) -> None:
    registry, scheduler, claims = office(tmp_path, "nightly")
    worker = Worker("ada", registry, scheduler, claims)
    ended = worker.run_next(lambda job: str(claims.holder(job.id)), now=0.0)
    assert ended is not None and ended.detail == "ada"
    assert claims.holder("nightly") is None


def test_a_worker_without_work_says_so(tmp_path: Path) -> None:
    registry, scheduler, claims = office(tmp_path)
    assert Worker("ada", registry, scheduler, claims).run_next(lambda job: "", now=0.0) is None
