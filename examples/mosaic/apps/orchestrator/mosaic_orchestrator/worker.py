"""A worker: takes the next due job, runs it and reports how it ended."""

from mosaic_orchestrator.claims import ClaimDesk
from mosaic_orchestrator.jobs import Job
from mosaic_orchestrator.registry import JobRegistry
from mosaic_orchestrator.runner import Action, run_job
from mosaic_orchestrator.scheduler import Scheduler


class Worker:
    """Runs one job after the other under its own name."""

    def __init__(
        self, name: str, registry: JobRegistry, scheduler: Scheduler, claims: ClaimDesk
    ) -> None:
        self.name = name
        self._registry = registry
        self._scheduler = scheduler
        self._claims = claims

    def run_next(self, action: Action, now: float) -> Job | None:
        """Run the next due job; None when there is none that is free."""
        job_id = self._claims.claim_next(self._scheduler.due(now), self.name)
        if job_id is None:
            return None
        self._scheduler.take(job_id)
        try:
            return self._run(self._registry.get(job_id), action, now)
        finally:
            self._claims.release(job_id, self.name)

    def _run(self, job: Job, action: Action, now: float) -> Job:
        running = job.started()
        self._registry.update(running)
        settled = self._scheduler.settle(run_job(running, action), now)
        self._registry.update(settled)
        return settled
