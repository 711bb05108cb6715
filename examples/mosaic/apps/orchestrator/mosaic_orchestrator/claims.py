"""Which worker has which job.

Workers are processes on one machine. They agree by files in a common directory: a job is taken
when a file of its name exists there.
"""

import time
from collections.abc import Callable, Iterable
from pathlib import Path

Clock = Callable[[], float]


class ClaimDesk:
    """Hands every job to one worker, until that worker gives it back."""

    def __init__(self, directory: Path, clock: Clock = time.time) -> None:
        self._directory = directory
        self._clock = clock

    def claim(self, job_id: str, worker: str) -> bool:
        """Take the job for `worker`; False when somebody has it."""
        path = self._path(job_id)
        if path.exists():
            return False
        path.write_text(f"{worker}\n{self._clock():.3f}\n", encoding="utf-8")
        return True

    def claim_next(self, job_ids: Iterable[str], worker: str) -> str | None:
        """Take the first free one of these jobs; None when all are taken."""
        return next((job_id for job_id in job_ids if self.claim(job_id, worker)), None)

    def holder(self, job_id: str) -> str | None:
        """The worker that has the job."""
        try:
            return self._path(job_id).read_text(encoding="utf-8").partition("\n")[0]
        except FileNotFoundError:
            return None

    def release(self, job_id: str, worker: str) -> None:
        """Give the job back, if it is this worker's."""
        if self.holder(job_id) == worker:
            self._path(job_id).unlink()

    def _path(self, job_id: str) -> Path:
        return self._directory / f"{job_id}.claim"
