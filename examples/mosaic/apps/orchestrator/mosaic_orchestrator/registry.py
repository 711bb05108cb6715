"""The jobs this process knows of, by id."""

from collections import Counter

from mosaic_orchestrator.jobs import Job, JobState


class DuplicateJobError(ValueError):
    """A job with this id is registered already."""


class UnknownJobError(KeyError):
    """No job with this id is registered."""


class JobRegistry:
    """Keeps the newest version of every job."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}

    def __len__(self) -> int:
        return len(self._jobs)

    def add(self, job: Job) -> None:
        if job.id in self._jobs:
            raise DuplicateJobError(job.id)
        self._jobs[job.id] = job

    def update(self, job: Job) -> None:
        if job.id not in self._jobs:
            raise UnknownJobError(job.id)
        self._jobs[job.id] = job

    def get(self, job_id: str) -> Job:
        try:
            return self._jobs[job_id]
        except KeyError:
            raise UnknownJobError(job_id) from None

    def in_state(self, state: JobState) -> list[Job]:
        return [job for job in self._jobs.values() if job.state is state]

    def summary(self) -> dict[str, int]:
        """How many jobs there are in each state that occurs."""
        return dict(Counter(str(job.state) for job in self._jobs.values()))
